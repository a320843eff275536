/** Response wrapping: an answer that is kept behind a token of one use. */
import type { Said } from './answer.ts';
import { data, errors, instant } from './answer.ts';
import { secondsOf } from './database.ts';
import type { FakeNamespace, FakeToken, FakeWorld } from './world.ts';

/** `sys/wrapping/wrap`: keeps what it is sent. */
export function wrap(
  world: FakeWorld,
  place: FakeNamespace,
  body: Readonly<Record<string, unknown>>,
  ttl: string,
): Said {
  return secondsOf(ttl) === 0
    ? errors(400, 'endpoint requires response wrapping to be used')
    : kept(world, place, 'sys/wrapping/wrap', body, ttl);
}

/** Any answer but an error, where whoever asked wants it kept. */
export function keep(world: FakeWorld, place: FakeNamespace, path: string, answer: Said, ttl: string): Said {
  return answer.status === 200 && secondsOf(ttl) > 0 ? kept(world, place, path, answer.body, ttl) : answer;
}

function kept(world: FakeWorld, place: FakeNamespace, path: string, body: unknown, ttl: string): Said {
  const seconds = secondsOf(ttl);
  const token = world.createToken({
    namespace: place.path,
    policies: ['response-wrapping'],
    path,
    displayName: '',
    ttl: seconds,
    numUses: 1,
    renewable: false,
  });
  world.wrapped.set(token.value, body);
  const said = data(null);
  const { value, accessor, createdAt } = token;
  const info = {
    token: value,
    accessor,
    ttl: seconds,
    creation_time: instant(createdAt),
    creation_path: path,
    ...insideOf(body),
  };
  return { ...said, body: Object.assign({}, said.body, { wrap_info: info }) };
}

/** Of a token or a secret id that is kept, its accessor. */
function insideOf(body: unknown): { readonly wrapped_accessor?: unknown } {
  const fields = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});
  const { auth, data: inner } = { auth: undefined, data: undefined, ...fields(body) };
  const { accessor } = { accessor: undefined, ...fields(auth) };
  const { secret_id_accessor: secretId } = { secret_id_accessor: undefined, ...fields(inner) };
  const inside = accessor ?? secretId;
  return inside === undefined || inside === '' ? {} : { wrapped_accessor: inside };
}

export const notWrapping = errors(400, 'wrapping token is not valid or does not exist');

/** `sys/wrapping/unwrap`, asked with the wrapping token itself: its one use. */
export function unwrap(world: FakeWorld, caller: FakeToken): Said {
  const inside = world.wrapped.get(caller.value);
  if (inside === undefined) return notWrapping;
  world.wrapped.delete(caller.value);
  const envelope: object = typeof inside === 'object' && inside !== null ? inside : {};
  if (!('request_id' in envelope)) return data(inside);
  const { auth, data: inner } = { auth: null, data: null, ...envelope };
  return data(inner, [], auth);
}
