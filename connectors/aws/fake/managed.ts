/** Managed policies: the account's own, and a few of those that AWS keeps for everybody. */
import type { Account } from './account.ts';
import type { ManagedPolicy, State } from './state.ts';
import { find } from './state.ts';

type Rule = Readonly<Record<string, unknown>>;
const allow = (Action: readonly string[]): Rule => ({ Effect: 'Allow', Action, Resource: '*' });

/** With the ids and the statements that AWS publishes. */
const published: readonly (readonly [name: string, id: string, rule: Rule])[] = [
  ['AdministratorAccess', 'ANPAIWMBCKSKIEE64ZLYK', allow(['*'])],
  ['AWSDenyAll', 'ANPA4DLC5JTDMQXYOTZHE', { Effect: 'Deny', Action: ['*'], Resource: '*' }],
  ['AmazonS3FullAccess', 'ANPAIFIR6V6BVTRAHWINE', allow(['s3:*', 's3-object-lambda:*'])],
  [
    'IAMReadOnlyAccess',
    'ANPAJKSO7NDY4T57MWDSQ',
    allow([
      'iam:GenerateCredentialReport',
      'iam:GenerateServiceLastAccessedDetails',
      'iam:Get*',
      'iam:List*',
      'iam:SimulateCustomPolicy',
      'iam:SimulatePrincipalPolicy',
    ]),
  ],
];

const createdAt = Date.parse('2015-02-06T18:39:46Z');

const ofAws: ReadonlyMap<string, ManagedPolicy> = new Map(
  published.map(([name, id, rule]) => {
    const document = JSON.stringify({ Version: '2012-10-17', Statement: [rule] });
    const policy: ManagedPolicy = {
      id,
      name,
      path: '/',
      description: undefined,
      createdAt,
      tags: new Map(),
      versions: new Map([['v1', { id: 'v1', document, createdAt }]]),
      defaultVersion: 'v1',
      newest: 1,
      updatedAt: createdAt,
    };
    return [name, policy];
  }),
);

const awsArn = (account: Account, name: string) => `arn:${account.partition}:iam::aws:policy/${name}`;

/** AWS's own, by ARN. */
export function awsPolicies(account: Account): readonly (readonly [arn: string, policy: ManagedPolicy])[] {
  return [...ofAws].map(([name, policy]) => [awsArn(account, name), policy]);
}

export function managedPolicy(account: Account, state: State, arn: string): ManagedPolicy | undefined {
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  const own = find(state.policies, name);
  if (own !== undefined && account.policyArn(own) === arn) return own;
  return arn === awsArn(account, name) ? ofAws.get(name) : undefined;
}

export function managedDocument(account: Account, state: State, arn: string): string | undefined {
  const policy = managedPolicy(account, state, arn);
  return policy?.versions.get(policy.defaultVersion)?.document;
}
