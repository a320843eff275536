import { contextOf } from './context.ts';
import { readDocument, type DocumentOf } from './document.ts';
import { evaluate, type Decision, type Policies } from './evaluate.ts';
import type { Caller } from './caller.ts';
import type { Policy, Request } from './statement.ts';

export const account = '111122223333';
export const other = '444455556666';

export const jit: Caller = { kind: 'user', arn: `arn:aws:iam::${account}:user/jit`, id: 'AIDAJIT' };
export const deploy: Caller = {
  kind: 'role',
  arn: `arn:aws:iam::${account}:role/team/deploy`,
  id: 'AROADEPLOY',
  session: 'run-7',
};
export const session = `arn:aws:sts::${account}:assumed-role/deploy/run-7`;
export const target = `arn:aws:iam::${account}:role/target`;
export const object = 'arn:aws:s3:::bucket/key';

export type Written = Readonly<Record<string, unknown>>;

/** A policy as a person writes it, Version 2012-10-17. */
export function policy(
  statements: Written | readonly Written[],
  of: DocumentOf = 'identity',
  name: string = of,
): Policy {
  return { name, document: readDocument({ Version: '2012-10-17', Statement: statements }, of) };
}

export const allow = (more: Written = {}): Written => ({
  Effect: 'Allow',
  Action: '*',
  Resource: '*',
  ...more,
});
export const deny = (more: Written = {}): Written => ({ ...allow(more), Effect: 'Deny' });

/** The user jit reads an object of its own account, unless said otherwise. */
export function request(
  more: Partial<Omit<Request, 'context'>> & { readonly context?: Parameters<typeof contextOf>[0] } = {},
): Request {
  return {
    caller: jit,
    action: 's3:GetObject',
    resource: object,
    account,
    ...more,
    context: contextOf(more.context ?? {}),
  };
}

export const decide = (policies: Partial<Policies>, more: Parameters<typeof request>[0] = {}): Decision =>
  evaluate(request(more), { identity: [], ...policies });
