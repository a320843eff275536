/** Who asks. */
import type { Account } from './account.ts';

export interface Session {
  readonly keyId: string;
  readonly secret: string;
  readonly token: string;
  readonly accountId: string;
  readonly kind: 'role' | 'user' | 'federated';
  /** The role's id, the user's, or the account's where root made it. */
  readonly principalId: string;
  /** Of a role's session or of a federated user. */
  readonly name: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Session policies; undefined where none were given. */
  readonly policies: readonly string[] | undefined;
  readonly sourceIdentity: string | undefined;
  readonly tags: ReadonlyMap<string, string>;
  readonly mfa: boolean;
}

export interface Caller {
  readonly account: Account;
  readonly kind: 'root' | 'user' | 'role' | 'federated';
  readonly keyId: string;
  /** The user's id, the role's, or the account's for root. */
  readonly principalId: string;
  /** As GetCallerIdentity says it. */
  readonly arn: string;
  readonly userId: string;
  /** The user or the role behind a session: `aws:PrincipalArn`. */
  readonly principalArn: string;
  readonly session: Session | undefined;
  /** No policy is asked about it: set-ups, and an endpoint that lets everybody in. */
  readonly unruled?: true;
}

export function rootOf(account: Account): Caller {
  const arn = account.arn('root');
  return {
    account,
    kind: 'root',
    keyId: account.rootKey.id,
    principalId: account.id,
    arn,
    userId: account.id,
    principalArn: arn,
    session: undefined,
  };
}
