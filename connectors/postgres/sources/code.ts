import { failed } from '../../../src/connector.ts';
import type { Source } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { builtIn, codeClasses, codeQuery } from './code-query.ts';
import type { CodeRow } from './code-query.ts';

/** One of them, as `pg_identify_object` names it. */
export interface CodeKey {
  readonly class: string;
  readonly name: string;
}

/**
 * Everything in the connected database that acts, or hands rights on, by itself, and slots of the whole
 * cluster. Everybody may read these catalogs, and the server refuses the whole statement where one of
 * them was closed: so the built-in row of the answer shows that all could be read.
 *
 * Source: https://www.postgresql.org/docs/current/catalogs.html
 */
export const code: Source<PostgresClient, CodeKey, CodeRow> = {
  id: 'postgres/code',
  scope: () => 'database',
  name: ({ class: of, name }) => `${of} ${name}`,
  answers: (one, key) => one.class === key.class && one.name === key.name,
  siblings: () => Promise.resolve([{ key: builtIn, chosen: 'own' }]),
  order: 'snapshot',
  async *all(client, _scope, signal) {
    const answer = await client.ask(codeQuery, [codeClasses], signal);
    yield failed(answer) ? answer : { items: answer.rows, last: true };
  },
};
