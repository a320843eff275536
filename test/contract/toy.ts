/** What an author from outside writes: a whole connector. Its living fake and its world are in toy.fake.ts. */
import { failed, inconclusive, look, secret, unlisted, z } from '../../src/connector.ts';
import type { Check, Connector, Door, Found, HttpAnswer, Kind, Source } from '../../src/connector.ts';
import type { Secret } from '../../src/connector.ts';

const configShape = z.strictObject({ address: z.url(), token: secret() });
type Config = z.infer<typeof configShape>;
export interface Client {
  readonly door: Door;
  readonly token: Secret;
  own: string;
}
export const ref = z.strictObject({ id: z.string() });
export type Ref = z.infer<typeof ref>;

export const get = ({ door, token }: Client, path: string, signal: AbortSignal) =>
  door.http({ method: 'GET', path, headers: { authorization: token } }, signal);
/** 403 names the missing permission. */
export const other = (answer: HttpAnswer, needs: string) => unlisted(answer, '', needs);
const parts = {
  scope: () => 'all',
  name: (key: Ref) => key.id,
  answers: (value: Ref, key: Ref) => value.id === key.id,
};
const siblings = ({ own }: Client) => Promise.resolve([{ key: { id: own }, chosen: 'own' as const }]);
const page = z.strictObject({ keys: z.array(ref), next: z.string().nullable() });
const missing = z.strictObject({ error: z.literal('no_such_key'), id: z.string() });

export const keys: Source<Client, Ref, Ref> = {
  ...parts,
  id: 'toy/keys',
  siblings,
  async one(client, key, signal) {
    const answer = await get(client, `/keys/${encodeURIComponent(key.id)}`, signal);
    if (failed(answer)) return answer;
    const found = ref.safeParse(answer.json);
    if (answer.status === 200 && found.success) return { value: found.data };
    const absent = missing.safeParse(answer.json);
    return answer.status === 404 && absent.data?.id === key.id ? 'nothing' : other(answer, 'keys.read');
  },
};

export const list: Source<Client, Ref, Ref> = {
  ...parts,
  id: 'toy/list',
  siblings,
  order: 'keyset',
  async *all(client, _scope, signal) {
    for (let after = ''; ;) {
      const answer = await get(client, `/keys?after=${encodeURIComponent(after)}`, signal);
      if (failed(answer)) return yield answer;
      const read = page.safeParse(answer.json);
      if (answer.status !== 200 || !read.success) return yield other(answer, 'keys.list');
      yield { items: read.data.keys, last: read.data.next === null };
      if (read.data.next === null) return;
      after = read.data.next;
    }
  },
};

const kind: Kind<Ref> = {
  kind: 'toy/key',
  title: 'Key of the toy',
  role: 'credential',
  ref,
  example: { id: 'k0' },
  needed: ['id'],
  id: ({ id }) => id,
  label: ({ id }) => `key ${id}`,
  requires: ['authenticates'],
  killing: 'authenticates',
  mints: () => false,
  horizon: 'PT0S',
  fix: ({ id }) => `toy delete ${id}`,
};
const about = {
  of: kind,
  claim: 'authenticates',
  decides: true,
  docs: 'https://toy.test/',
  effects: [],
} as const;
const seen = { saw: 'present', state: 'active', revivedBy: 'subject', value: 'stands' } as const;

export const lookedUp: Check<Client, Ref> = {
  ...about,
  id: 'toy/key',
  title: 'Does the key stand?',
  method: 'lookup',
  needs: ['keys.read'],
  async observe(target, ctx) {
    const answer = await ctx.read(keys, target.ref);
    if (failed(answer)) return answer;
    return answer.saw === 'nothing' ? { saw: 'absent', controls: answer.controls } : seen;
  },
};
export const listed: Check<Client, Ref> = {
  ...about,
  id: 'toy/key-list',
  title: 'Is the key in the list?',
  method: 'list',
  needs: ['keys.list'],
  async observe(target, ctx) {
    const answer = await ctx.walk(list, 'all');
    if (failed(answer)) return answer;
    const stands = answer.items.some(({ id }) => id === target.ref.id);
    return stands ? seen : { saw: 'absent', controls: answer.controls };
  },
};

const foundKey = ({ id }: Ref): Found => ({
  kind: kind.kind,
  ref: { id },
  id,
  label: `key ${id}`,
  standing: `key ${id}`,
  relation: 'was born in the window',
});

/** The keys that nobody named: by their first letter the toy tells whose they are, and of an `x` it cannot. */
export const born = look<Client>({
  id: 'toy/born',
  title: 'Which keys were born in the window?',
  look: 'hunt',
  needs: ['keys.list'],
  docs: 'https://toy.test/',
  effects: [],
  async observe({ targets }, ctx) {
    const answer = await ctx.walk(list, 'all');
    if (failed(answer)) return answer;
    const others = answer.items.filter(({ id }) => !targets.some((one) => one.id === id));
    return {
      found: others.filter(({ id }) => id.startsWith('k')).map(foundKey),
      unexplained: others.filter(({ id }) => id.startsWith('x')).map(foundKey),
      excused: { 'of others': others.filter(({ id }) => id.startsWith('o')).length },
      controls: answer.controls,
    };
  },
});

export const toy: Connector<Config, Client> = {
  apiVersion: 1,
  id: 'toy',
  title: 'Toy',
  config: configShape,
  points: () => ['direct'],
  host: ({ address }) => ({
    protocol: 'http:',
    host: new URL(address).hostname,
    port: Number(new URL(address).port),
    allowInsecure: false,
  }),
  reads: [{ method: 'GET', path: /^\/(?:whoami|keys(?:\/[^/]+)?)$/ }],
  connect: ({ token }, _point, door) => ({ door, token, own: '' }),
  close: () => Promise.resolve(),
  async identify(client, signal) {
    const answer = await get(client, '/whoami', signal);
    if (failed(answer)) return answer;
    const who = z.strictObject({ instance: z.string(), key: z.string() }).safeParse(answer.json);
    if (answer.status !== 200 || !who.success) return other(answer, 'whoami');
    client.own = who.data.key;
    const { instance, key } = who.data;
    return answer.serverAt === undefined
      ? inconclusive('R-CLOCK', 'no date')
      : { instance, principal: key, serverAt: answer.serverAt };
  },
  kinds: [kind],
  checks: [lookedUp, listed, born],
  without: { sweep: 'a key is all there is' },
  policy: (needs) => needs.join('\n'),
};
