import type { Failure, Source } from '../../../src/connector.ts';
import { earliest, failed, inconclusive, z } from '../../../src/connector.ts';
import type { VaultClient } from '../client.ts';
import type { Entry } from './entries.ts';
import { entryOf, isAnswer } from './entries.ts';
import type { AuditLog, Hashed } from './hash.ts';
import { hashOf, noLog } from './hash.ts';
import type { Left } from './trail.ts';
import { Trail } from './trail.ts';

const question = z.strictObject({
  tokens: z.array(z.string()),
  entities: z.array(z.string()),
  ways: z.array(
    z.strictObject({ mount: z.string(), name: z.string(), policies: z.array(z.string()).optional() }),
  ),
  byValue: z.boolean(),
  from: z.string(),
});

/** Whose trail is looked for: accessors, entities, roles, and since when. */
export type TrailQuestion = z.infer<typeof question>;

/** A question in one line: the whole of it, for it is what the log is read for. */
export const scopeOfTrail = (asked: TrailQuestion): string => JSON.stringify(asked);

export type TrailItem =
  | {
      /** The verifier's own request of a moment ago. */
      readonly is: 'mark';
      readonly accessor: string;
      /** Of the first entry in the file. */
      readonly begins: string;
      /** Accessors of the question whose birth stands in the log. */
      readonly born: readonly string[];
      /** The accessors of the question, as the device writes them. */
      readonly written: readonly string[];
    }
  | Left;

export interface TrailKey {
  readonly scope: string;
  /** The verifier's own accessor. */
  readonly accessor: string;
}

/**
 * What the requests of a grant left, out of the whole log of the server. The log is read once, to the
 * end that it had after a request of the verifier's was answered: that request must stand in it, under
 * the accessor that the device hashes the verifier's to. Nothing of other requests is kept.
 * https://openbao.org/docs/audit/
 */
export const auditTrail: Source<VaultClient, TrailKey, TrailItem> = {
  id: 'vault/audit-trail',
  scope: (key) => key.scope,
  name: (key) => `a request of ${key.accessor}`,
  answers: (item, key) => item.is === 'mark' && item.accessor === key.accessor,
  siblings: (client, scope) =>
    Promise.resolve([{ key: { scope, accessor: client.own?.accessor ?? '' }, chosen: 'own' }]),
  order: 'snapshot',
  async *all(client, scope, signal) {
    const items = await readTrail(client, question.parse(JSON.parse(scope)), signal);
    yield failed(items) ? items : { items, last: true };
  },
};

async function readTrail(
  client: VaultClient,
  asked: TrailQuestion,
  signal: AbortSignal,
): Promise<readonly TrailItem[] | Failure> {
  const { auditLog, door, own } = client;
  if (auditLog === undefined) return noLog;
  const accessor = own?.accessor ?? '';
  if (accessor === '') {
    return inconclusive(
      'R-CONTROL',
      "the verifier's token has no accessor, so its own requests cannot be told in the log",
      'a service token for the verifier',
    );
  }
  const hashes = await Promise.all(asked.tokens.map((one) => hashOf(client, auditLog, one, signal)));
  const written = new Map<string, string>();
  for (const one of hashes) {
    if (failed(one)) return one;
    // a device that is told not to hash accessors writes them as they are
    written.set(one.hash, one.input).set(one.input, one.input);
  }
  // the last request before the file is opened
  const mark = await hashOf(client, auditLog, accessor, signal);
  if (failed(mark)) return mark;
  const at = new Date(door.now()).toISOString();
  const trail = new Trail({
    tokens: new Set(written.keys()),
    anchors: new Set([mark.hash, mark.input]),
    entities: asked.entities,
    ways: asked.ways.map(({ mount, name, policies }) => ({ mount, name, policies })),
    byValue: asked.byValue,
    from: earliest(asked, { at, ...(mark.serverAt === undefined ? {} : { serverAt: mark.serverAt }) }),
  });
  const reading = new Reading(mark, trail);
  const file = await door.lines(auditLog.file, (line) => reading.take(line), signal);
  if (failed(file)) return file;
  const seen = reading.ended(auditLog, mark);
  if (failed(seen)) return seen;
  const born = [...trail.born].flatMap((id) => written.get(id) ?? []);
  return [
    { is: 'mark', accessor, begins: seen.begins, born: [...new Set(born)], written: [...written.keys()] },
    ...trail.left,
  ];
}

/** The entries of a file, one after the other. */
class Reading {
  readonly #mark: Hashed;
  readonly #trail: Trail;
  #number = 0;
  #begins: string | undefined;
  #last: string | undefined;
  #strange: Failure | undefined;
  #own: Entry | undefined;

  constructor(mark: Hashed, trail: Trail) {
    this.#mark = mark;
    this.#trail = trail;
  }

  take(line: string): void {
    this.#number += 1;
    if (this.#strange !== undefined) return;
    const entry = entryOf(line, this.#number);
    if (failed(entry)) {
      this.#strange = entry;
      return;
    }
    const at = isAnswer(entry) ? entry.time : entry.at;
    this.#begins ??= at;
    this.#last = at;
    if (!isAnswer(entry)) return;
    if (entry.request.id === this.#mark.requestId) this.#own = entry;
    this.#trail.take(entry);
  }

  /** Is it the log of this server and this device, to this moment? */
  ended({ device, file }: AuditLog, { hash, input }: Hashed): { readonly begins: string } | Failure {
    if (this.#strange !== undefined) return this.#strange;
    if (this.#begins === undefined || this.#last === undefined) {
      return inconclusive(
        'R-CONTROL',
        `${file} holds no entry: it is not the log of ${device}, or was emptied`,
      );
    }
    if (this.#own === undefined) {
      return inconclusive(
        'R-CONTROL',
        `${file} does not show what the verifier asked a moment ago: it is the log of another server, or behind; its last entry is of ${this.#last}`,
        `the file that the device ${device} of this server writes`,
      );
    }
    const { accessor } = this.#own.auth;
    if (accessor !== hash && accessor !== input) {
      return inconclusive(
        'R-CONTROL',
        `the device ${device} hashes otherwise than ${file}: it is the file of another device`,
        `the device that writes ${file}`,
      );
    }
    return { begins: this.#begins };
  }
}
