import { runSimulation } from '@cloud-copilot/iam-simulate';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { account, allow, jit, policy } from './build.fixture.ts';
import { factsOf } from './caller.ts';
import { contextOf } from './context.ts';
import { evaluate, type Policies } from './evaluate.ts';
import type { Request } from './statement.ts';
import { facts, policies, request, world, written, type World } from './worlds.fixture.ts';

// An independent evaluator, written by others, over the same requests. What is not the same is explained by
// name: an explanation changes one thing of the request, and then both must agree.

type Theirs = Omit<Parameters<typeof runSimulation>[0], 'request'>;

async function both(asked: Request, ours: Policies, theirs: Theirs) {
  const { caller, context } = asked;
  if (caller.kind !== 'user' && caller.kind !== 'role') throw new Error('neither a user nor a role');
  const variables = [...factsOf(caller), ...context].filter(([, values]) => values.length > 0);
  const result = await runSimulation(
    {
      ...theirs,
      request: {
        principal: caller.kind === 'user' ? caller.arn : `arn:aws:sts::${account}:assumed-role/deploy/run-7`,
        action: asked.action,
        resource: { resource: asked.resource, accountId: asked.account },
        contextVariables: Object.fromEntries(
          variables.map(([key, values]) => [key, values.length === 1 ? (values[0] ?? '') : [...values]]),
        ),
      },
    },
    {},
  );
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors));
  const names = {
    Allowed: 'allowed',
    ExplicitlyDenied: 'explicitly-denied',
    ImplicitlyDenied: 'implicitly-denied',
  } as const;
  return { ours: evaluate(asked, ours), theirs: names[result.overallResult] };
}

/** The same world, in which the resource names somebody by another name. */
const renamed = (of: World, from: string, to: string): World => ({
  ...of,
  resource: of.resource?.map((one) => ({
    ...one,
    principal: JSON.stringify(one.principal) === JSON.stringify({ AWS: from }) ? { AWS: to } : one.principal,
  })),
});

const explanations = {
  // ours: a Principal may be a unique id, which is how IAM keeps it; theirs never compares ids
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
  'unique id': (of: World) => renamed(of, 'AIDAJIT', 'AIDAELSE'),
  // ours: what is granted to the session itself is not limited by its session policy; theirs limits it
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
  'session policy': (of: World) =>
    of.session === undefined
      ? of
      : renamed(
          of,
          `arn:aws:sts::${account}:assumed-role/deploy/run-7`,
          `arn:aws:iam::${account}:role/team/deploy`,
        ),
} as const;

test(
  'two evaluators agree over generated requests, or the disagreement has a name',
  { timeout: 120_000 },
  async () => {
    const corpus = fc.sample(fc.record({ of: world, asks: request, known: facts }), {
      seed: 20_261_123,
      numRuns: 2_000,
    });
    const seen = new Map<string, number>();
    const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
    for (const { of: drawn, asks, known } of corpus) {
      const { caller } = asks;
      // what they do not accept: a session without a name, an empty session policy, one of a user
      if (caller.kind === 'role' && caller.session === undefined) continue;
      const session =
        drawn.session?.flat().length === 0 || caller.kind === 'user' ? undefined : drawn.session;
      const of = { ...drawn, session, needed: false };
      const asked = { ...asks, context: contextOf(known) };
      const { ours, theirs } = await both(asked, policies(of), written(of));
      if (ours.outcome === theirs) {
        count(theirs);
        continue;
      }
      if (ours.outcome === 'unknown') {
        // nobody wrote it down: see the hand-made table
        expect(ours.unknown).toEqual(['Principal "*" beside a permissions boundary or session policy']);
        count('settled by no page');
        continue;
      }
      const named = Object.entries(explanations).find(
        ([, change]) => evaluate(asked, policies(change(of))).outcome === theirs,
      );
      expect(named, JSON.stringify({ asked, known, of, ours: ours.outcome, theirs })).toBeDefined();
      count(named?.[0] ?? '');
    }
    for (const outcome of [
      'allowed',
      'explicitly-denied',
      'implicitly-denied',
      'unique id',
      'session policy',
    ]) {
      expect([outcome, (seen.get(outcome) ?? 0) > 0]).toEqual([outcome, true]);
    }
    expect([...seen.values()].reduce((sum, one) => sum + one, 0)).toBeGreaterThan(500);
  },
);

const of = (
  keys: readonly string[],
  operators: readonly string[],
  values: readonly string[],
  negated = true,
) => ({
  keys,
  operators: operators.flatMap((one) =>
    negated ? [one, one.replace(/^(String|Numeric|Date|Arn)/, '$1Not')] : [one],
  ),
  values,
});
const roles = [`arn:aws:iam::${account}:role/a`, `arn:aws:iam::${account}:role/a/b`, `arn:aws:iam::*:role/?`];
const families = [
  of(
    ['aws:SourceIdentity', 'aws:UserAgent'],
    ['StringEquals', 'StringEqualsIgnoreCase', 'StringLike'],
    ['a', 'A', 'a*', '${aws:UserAgent}', 'a${*}'],
  ),
  of(['aws:MultiFactorAuthAge'], ['NumericEquals'], ['1', '10', '10.0']),
  of(
    ['aws:MultiFactorAuthAge'],
    ['NumericLessThan', 'NumericLessThanEquals', 'NumericGreaterThan', 'NumericGreaterThanEquals'],
    ['1', '10', '10.0'],
    false,
  ),
  of(['aws:CurrentTime'], ['DateEquals'], ['2026-11-23T10:00:00Z', '2026-11-22T09:00:00Z']),
  of(
    ['aws:CurrentTime', 'aws:TokenIssueTime'],
    ['DateLessThan', 'DateLessThanEquals', 'DateGreaterThan', 'DateGreaterThanEquals'],
    ['2026-11-23T10:00:00Z', '2026-11-22T09:00:00Z'],
    false,
  ),
  of(['aws:SecureTransport'], ['Bool'], ['true', 'false'], false),
  of(
    ['aws:SourceIp'],
    ['IpAddress', 'NotIpAddress'],
    ['10.0.0.0/8', '10.1.2.3', '2001:db8::/32', '203.0.113.9/32'],
    false,
  ),
  of(['aws:SourceArn'], ['ArnEquals', 'ArnLike'], roles),
  of(['aws:TagKeys'], ['StringEquals', 'StringLike'], ['a', 'b', 'a*']),
  of(['aws:TagKeys', 'aws:SourceIdentity', 'aws:SourceIp'], ['Null'], ['true', 'false'], false),
];
const drawn = fc.constantFrom(...families).chain(({ keys, operators, values }) =>
  fc.record({
    key: fc.constantFrom(...keys),
    operator: fc.constantFrom(...operators),
    quantifier: fc.constantFrom('', '', 'ForAllValues:', 'ForAnyValue:'),
    ifExists: fc.constantFrom('', '', 'IfExists'),
    values: fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 }),
  }),
);
const some = <T extends string>(...values: readonly T[]) =>
  fc.option(fc.constantFrom(...values), { nil: null, freq: 3 });
const known = fc.record({
  'aws:SourceIdentity': some('a', 'A', 'ab', 'a*'),
  'aws:UserAgent': some('a', 'ab'),
  'aws:MultiFactorAuthAge': some('1', '10', '11'),
  'aws:CurrentTime': some('2026-11-23T10:00:00Z', '2026-11-23T11:00:00+01:00'),
  'aws:TokenIssueTime': some('2026-11-22T09:00:00Z', '2026-11-23T12:00:00Z'),
  'aws:SecureTransport': some('true', 'false'),
  'aws:SourceIp': some('10.9.9.9', '10.1.2.3', '203.0.113.9', '2001:db8::9'),
  'aws:SourceArn': some(`arn:aws:iam::${account}:role/a`, `arn:aws:iam::${account}:role/a/b`),
  'aws:TagKeys': fc.option(fc.uniqueArray(fc.constantFrom('a', 'b', 'ab'), { minLength: 1 }), {
    nil: null,
    freq: 3,
  }),
});

interface Seen {
  readonly operator: string;
  readonly quantifier: string;
  readonly ifExists: string;
  readonly values: readonly string[];
  readonly had: string | readonly string[] | null;
  readonly ours: string;
}

/** By name: when it applies, and what each of the two says there. */
const settled: readonly (readonly [string, (seen: Seen) => boolean])[] = [
  // ours: unknown, for no page says which of the two wins; theirs: ForAnyValue does
  [
    'ForAnyValue with IfExists of an absent key',
    ({ quantifier, ifExists, had, ours }) =>
      quantifier === 'ForAnyValue:' && ifExists !== '' && had === null && ours === 'unknown',
  ],
  // ours: unknown, for no page says; theirs: never matches
  [
    'a list without ForAllValues or ForAnyValue',
    ({ quantifier, had, ours }) => quantifier === '' && Array.isArray(had) && ours === 'unknown',
  ],
  // ours: unknown, for the page says that the statement may be invalid; theirs: a comparison that fails
  [
    'a variable without a value in a negated operator',
    ({ operator, values, ours }) =>
      operator.includes('Not') && values.some((one) => one.includes('${aws:')) && ours === 'unknown',
  ],
  // ours is right: ${*} is a star wherever variables are; theirs looks for the five characters
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
  [
    '${*} where stars are plain',
    ({ operator, values }) => /^String(?:Not)?Equals/.test(operator) && values.includes('a${*}'),
  ],
  // ours is right: an address of the other family is outside; theirs cannot compare them, and so neither inside nor outside
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
  [
    'an IPv6 address outside of one IPv4 address',
    ({ operator, had }) => operator === 'NotIpAddress' && String(had).includes(':'),
  ],
];

test('and over every condition operator', { timeout: 120_000 }, async () => {
  const seen = new Map<string, number>();
  const corpus = fc.sample(fc.record({ condition: drawn, context: known }), { seed: 7, numRuns: 3_000 });
  for (const { condition, context } of corpus) {
    const { key, values, operator } = condition;
    const whole = operator === 'Null' ? operator : `${condition.quantifier}${operator}${condition.ifExists}`;
    const statement = { ...allow(), Condition: { [whole]: { [key]: values } } };
    const asked: Request = {
      caller: jit,
      action: 's3:PutObjectTagging',
      resource: 'arn:aws:s3:::b/k',
      account,
      context: contextOf(context),
    };
    const document = { Version: '2012-10-17', Statement: [statement] };
    const { ours, theirs } = await both(
      asked,
      { identity: [policy(statement)] },
      {
        identityPolicies: [{ name: 'p', policy: document }],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
    );
    const had = new Map<string, Seen['had']>(Object.entries(context)).get(key) ?? null;
    const named =
      ours.outcome === theirs
        ? theirs
        : settled.find(([, applies]) => applies({ ...condition, had, ours: ours.outcome }))?.[0];
    expect(named, JSON.stringify({ whole, key, values, had, ours, theirs })).toBeDefined();
    seen.set(named ?? '', (seen.get(named ?? '') ?? 0) + 1);
  }
  // each of them happens, or it explains nothing
  for (const name of ['allowed', 'implicitly-denied', ...settled.map(([one]) => one)]) {
    expect([name, (seen.get(name) ?? 0) > 0]).toEqual([name, true]);
  }
});
