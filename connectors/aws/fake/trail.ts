/**
 * What CloudTrail keeps of an operation.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
import { randomUUID } from 'node:crypto';
import type { Account } from './account.ts';
import type { AwsError, Shape, Value } from './answer.ts';
import { instant } from './answer.ts';
import type { Caller } from './caller.ts';
import type { Input } from './input.ts';
import { given } from './input.ts';
import type { Service } from './operation.ts';
import { principalOf } from './authorize.ts';
import type { World } from './world.ts';

interface Resource {
  readonly type: string;
  readonly name: string;
}

export interface TrailEvent {
  readonly id: string;
  readonly at: number;
  readonly region: string;
  readonly name: string;
  readonly source: string;
  readonly readOnly: boolean;
  readonly keyId: string;
  readonly userName: string;
  readonly resources: readonly Resource[];
  /** The whole event, as it is handed out. */
  readonly json: string;
}

export interface Happened {
  readonly service: Service;
  readonly action: string;
  readonly caller: Caller;
  readonly input: Input;
  readonly region: string;
  readonly writes: boolean;
  readonly answer: Shape | undefined;
  readonly error: AwsError | undefined;
}

/** Passwords, and the values of secrets, which are never written down. */
const secret =
  /^(?:Password|NewPassword|OldPassword|SecretString|SecretBinary|SecretAccessKey|ServicePassword|ServiceCredentialSecret|Base32StringSeed|QRCodePNG|GrantToken)$/;

const small = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

/** With small first letters and without what is secret. */
function written(value: unknown): unknown {
  if (value instanceof Date) return instant(value.getTime());
  if (value instanceof Map) return Object.fromEntries(value);
  if (Array.isArray(value)) return value.map(written);
  if (typeof value !== 'object' || value === null) return value;
  const open = Object.entries(value).filter(([name]) => !secret.test(name));
  return Object.fromEntries(open.map(([name, one]: [string, Value]) => [small(name), written(one)]));
}

const kinds = { root: 'Root', user: 'IAMUser', role: 'AssumedRole', federated: 'FederatedUser' } as const;

/** Root has no name; a role's session has that of the session. */
function nameOf(caller: Caller): string {
  if (caller.kind === 'root') return 'root';
  if (caller.kind !== 'user') return caller.session?.name ?? '';
  return principalOf(caller, caller.account.state)?.name ?? '';
}

function identityOf(caller: Caller): object {
  const { account, session } = caller;
  const principal = principalOf(caller, account.state);
  const base = {
    type: kinds[caller.kind],
    principalId: caller.userId,
    arn: caller.arn,
    accountId: account.id,
    accessKeyId: session?.keyId ?? caller.keyId,
    ...(caller.kind === 'user' ? { userName: principal?.name } : {}),
  };
  if (session === undefined) return base;
  const issued = {
    type: caller.kind === 'role' ? 'Role' : 'IAMUser',
    principalId: caller.principalId,
    arn: caller.principalArn,
    accountId: account.id,
    userName: principal?.name,
  };
  const attributes = { creationDate: instant(session.issuedAt), mfaAuthenticated: String(session.mfa) };
  const sessionIssuer = caller.kind === 'user' ? undefined : issued;
  return { ...base, sessionContext: { sessionIssuer, attributes } };
}

const named: readonly (readonly [member: string, type: string])[] = [
  ['UserName', 'AWS::IAM::User'],
  ['RoleName', 'AWS::IAM::Role'],
  ['RoleArn', 'AWS::IAM::Role'],
  ['GroupName', 'AWS::IAM::Group'],
  ['PolicyArn', 'AWS::IAM::Policy'],
  ['AccessKeyId', 'AWS::IAM::AccessKey'],
  ['KeyId', 'AWS::KMS::Key'],
  ['SecretId', 'AWS::SecretsManager::Secret'],
];

function resourcesOf({ input, answer }: Happened): readonly Resource[] {
  const resources = named.flatMap(([member, type]) => {
    const name = given(input, member);
    return name === undefined ? [] : [{ type, name }];
  });
  const made = /"AccessKeyId":"(A[KS]IA[A-Z2-7]{16})"/.exec(JSON.stringify(answer ?? {}))?.[1];
  return made === undefined ? resources : [...resources, { type: 'AWS::IAM::AccessKey', name: made }];
}

/** IAM, Organizations and STS without a region of its own write into the first one. */
const regionOf = ({ service, region }: Happened) =>
  service.name === 'iam' || service.name === 'organizations' ? 'us-east-1' : region;

/** Whose trail has it: the caller's, and that of a role which was taken on from another account. */
function recipients(world: World, { caller, action, input }: Happened): readonly Account[] {
  const owner = world.accounts.get((given(input, 'RoleArn') ?? '').split(':')[4] ?? '');
  const other = action === 'AssumeRole' && owner !== undefined && owner !== caller.account ? [owner] : [];
  return [caller.account, ...other];
}

export function record(world: World, happened: Happened): void {
  const { service, action, caller, input, writes, answer, error } = happened;
  const at = world.clock.now();
  const region = regionOf(happened);
  const readOnly = !writes && !/^(?:AssumeRole|GetSessionToken|GetFederationToken)$/.test(action);
  const source = `${service.name}.amazonaws.com`;
  for (const account of recipients(world, happened)) {
    const id = randomUUID();
    const event = {
      eventVersion: '1.11',
      userIdentity: identityOf(caller),
      eventTime: instant(at),
      eventSource: source,
      eventName: action,
      awsRegion: region,
      sourceIPAddress: '127.0.0.1',
      userAgent: 'world',
      errorCode: error?.code,
      errorMessage: error?.message,
      requestParameters: Object.keys(input).length === 0 ? null : written(openInput(input)),
      responseElements: readOnly && service.name !== 'sts' ? null : (written(answer) ?? null),
      requestID: randomUUID(),
      eventID: id,
      readOnly,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: account.id,
      eventCategory: 'Management',
    };
    account.trail.push({
      id,
      at,
      region,
      name: action,
      source,
      readOnly,
      keyId: caller.session?.keyId ?? caller.keyId,
      userName: nameOf(caller),
      resources: resourcesOf(happened),
      json: JSON.stringify(event),
    });
  }
}

/** Without the members that only the protocol has. */
function openInput(input: Input): object {
  return Object.fromEntries(
    Object.entries(input).filter(([name]) => name !== 'Action' && name !== 'Version'),
  );
}
