import type { Condition } from './condition-block.ts';
import { held, type Context } from './context.ts';
import { operators, type Operator } from './operators.ts';
import { expand } from './pattern.ts';
import { every, not, some, truth, unknown, type Truth } from './truth.ts';

const byName = new Map<string, Operator>(operators.map((one) => [one.name, one]));

/** Global keys that hold a list, be it of one. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
const multivalued = new Set([
  'aws:calledvia',
  'aws:principalorgpaths',
  'aws:principalservicenameslist',
  'aws:resourceorgpaths',
  'aws:sourceorgpaths',
  'aws:tagkeys',
]);

/** Every operator and every key must hold; of a key's values one is enough. */
export function conditionsHold(
  conditions: readonly Condition[],
  variables: boolean,
  context: Context,
): Truth {
  if (conditions.length === 0) return 'yes';
  return every(...conditions.map((one) => conditionHolds(one, variables, context)));
}

/**
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * and, for ForAllValues and ForAnyValue,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
export function conditionHolds(condition: Condition, variables: boolean, context: Context): Truth {
  const { key, quantifier, values } = condition;
  const had = held(context, key);
  if (had === undefined) return unknown(key);
  if (condition.operator === 'Null')
    return some(...values.map((value) => absence(value, had.length === 0, key)));
  const operator = byName.get(condition.operator);
  if (operator === undefined) return unknown(condition.operator);
  if (had.length === 0) {
    // one of none matches, and what is not there passes: which of the two wins is not written down
    if (condition.ifExists && quantifier === 'any') return unknown(key);
    if (condition.ifExists || quantifier === 'all') return 'yes';
    return truth(operator.negated && quantifier === undefined);
  }
  // how a key of several values is compared without ForAllValues or ForAnyValue is not written down
  if (quantifier === undefined && (had.length > 1 || multivalued.has(key.toLowerCase()))) return unknown(key);
  const each = had.map((one) => matches(operator, values, one, variables, context));
  return quantifier === 'any' ? some(...each) : every(...each);
}

function absence(wanted: string, absent: boolean, key: string): Truth {
  if (!/^(?:true|false)$/i.test(wanted)) return unknown(key);
  return truth(absent === (wanted.toLowerCase() === 'true'));
}

function matches(
  operator: Operator,
  values: readonly string[],
  had: string,
  variables: boolean,
  context: Context,
): Truth {
  const found = some(
    ...values.map((value) => {
      if (!variables || !operator.variables) return operator.compare(value, had);
      const expanded = expand(value, context);
      // the manual only says that the statement may be invalid
      if ('absent' in expanded) return operator.negated ? unknown(expanded.absent) : 'no';
      if (expanded.open !== undefined) return unknown(...expanded.open);
      return operator.compare(expanded.pattern, had);
    }),
  );
  return operator.negated ? not(found) : found;
}
