import { randomBytes } from 'node:crypto';
import { failed } from '../../../src/connector.ts';
import type { Raw, Secret, Source } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import type { LoginAnswer, Presented } from '../login.ts';

/** Who logs in, and with what: a given value, one that was never issued, or the verifier as it is configured. */
export type LoginKey =
  | { readonly as: 'verifier' }
  | { readonly as: 'stranger'; readonly user: string }
  | { readonly as: 'subject'; readonly user: string; readonly value: Secret };

/**
 * One attempt to log in for each read. `'nothing'` is the refusal of a password by the closed table of
 * `login.ts`. The control is the verifier's own login, at the same point and database.
 *
 * Source: https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-START-UP
 */
export const logins: Source<PostgresClient, LoginKey, LoginAnswer> = {
  id: 'postgres/logins',
  scope: () => 'logins',
  name: (key) => {
    if (key.as === 'verifier') return 'the verifier itself';
    const what = key.as === 'subject' ? key.value.reference : 'a password that was never issued';
    return `${key.user} with ${what}`;
  },
  // a control that is kept out shows that nobody could have come in
  answers: ({ outcome }, key) => key.as !== 'verifier' || outcome === 'accepted',
  siblings: () => Promise.resolve([{ key: { as: 'verifier' }, chosen: 'own' }]),
  async one(client, key, signal): Promise<Raw<LoginAnswer>> {
    const answer = await client.login(presented(client, key), signal);
    if (failed(answer)) return answer;
    return answer.outcome === 'refused' ? 'nothing' : { value: answer };
  },
};

function presented(client: PostgresClient, key: LoginKey): Presented {
  const name = logins.name(key);
  switch (key.as) {
    case 'verifier':
      return { ...client.own, name, own: true };
    case 'stranger':
      return { user: key.user, password: randomBytes(24).toString('hex'), name, own: false };
    case 'subject':
      return { user: key.user, password: key.value.reveal(), name, own: false };
  }
}
