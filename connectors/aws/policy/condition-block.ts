import { flawed, isRecord, type Flawed } from './read.ts';
import { operators, type OperatorName } from './operators.ts';

/** One key of one operator of a Condition block. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
export interface Condition {
  readonly operator: OperatorName | 'Null';
  readonly quantifier?: 'all' | 'any';
  readonly ifExists: boolean;
  /** As the document writes it; keys are not case-sensitive. */
  readonly key: string;
  /** One is enough; of a negated operator none may match. */
  readonly values: readonly string[];
}

const byName = new Map<string, OperatorName | 'Null'>([
  ['null', 'Null'],
  ...Object.entries(operators).map(([, { name }]) => [name.toLowerCase(), name] as const),
]);

const form = /^(?:(ForAllValues|ForAnyValue):)?(.+?)(IfExists)?$/i;

export function readConditions(given: unknown): readonly Condition[] | Flawed {
  if (given === undefined) return [];
  if (!isRecord(given)) return flawed('Condition is not an object');
  const found: Condition[] = [];
  for (const [written, block] of Object.entries(given)) {
    const [, quantifier, base = '', ifExists] = form.exec(written) ?? [];
    const operator = byName.get(base.toLowerCase());
    if (operator === undefined) return flawed(`an unknown condition operator ${written}`);
    if (operator === 'Null' && (quantifier !== undefined || ifExists !== undefined))
      return flawed(`an unknown condition operator ${written}`);
    if (!isRecord(block)) return flawed(`Condition ${written} is not an object`);
    for (const [key, value] of Object.entries(block)) {
      const values = scalars(value);
      if (values === undefined)
        return flawed(`Condition ${written} ${key} has no value, or one of another type`);
      found.push({
        operator,
        ifExists: ifExists !== undefined,
        key,
        values,
        ...(quantifier === undefined
          ? {}
          : { quantifier: quantifier.toLowerCase() === 'forallvalues' ? 'all' : 'any' }),
      });
    }
  }
  return found;
}

/** JSON lets numbers and booleans stand for their text. */
function scalars(value: unknown): readonly string[] | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const found = list.flatMap((one) =>
    typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean' ? [String(one)] : [],
  );
  return list.length > 0 && found.length === list.length ? found : undefined;
}
