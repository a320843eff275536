import type { Excluded, Failure, PassedControl } from '../../src/connector.ts';
import { covered, failed, whenBegan, z } from '../../src/connector.ts';
import type { LookContext, LookScope } from './looking.ts';
import { meets, permits, touching } from './acl-paths.ts';
import type { AclRule, Capability } from './acl-text.ts';
import { anything, rulesOf, writes } from './acl-text.ts';
import { aclPolicy } from './acl-policies.ts';
import type { Unknown } from './holders.ts';
import { holdersIn } from './holders.ts';
import { mintable } from './minting.ts';

/** `unknown`: nothing that was read gives it, and not everything could be read. */
export type Known = 'yes' | 'no' | 'unknown';

/** The rules of one principal: another's denial takes nothing from it. */
export interface Principal {
  readonly policies: readonly string[];
  readonly rules: readonly AclRule[];
  /** The record says that these are all that a token made by it could carry. */
  readonly closed: boolean;
}

/** What the grant could do, in all that it gave, from its first instant on. */
export interface Rights {
  /** At one path. */
  may(path: string, wanted: readonly Capability[]): Known;
  /** Anywhere below a pattern; rules that match `but` do not count. */
  somewhere(pattern: string, wanted: readonly Capability[], but?: RegExp): Known;
  /** Could a token that the grant made carry these policies? */
  carries(policies: readonly string[]): Known;
  /** It could give itself whatever it liked. */
  readonly everything: boolean;
  readonly basis: 'proven' | 'declared';
  readonly unknown?: Unknown;
  readonly controls: readonly PassedControl[];
}

/** Reads what the grant gave, policy by policy, and what it could have reached from there. */
export async function rightsOf(scope: LookScope, ctx: LookContext): Promise<Rights | Failure> {
  const held = await holdersIn(scope, ctx);
  if (failed(held)) return held;
  const controls = [...held.controls];
  let unknown = held.unknown;
  let declared = held.holders.some((one) => one.declared);
  const principals: Principal[] = [];
  const texts = new Map<string, readonly AclRule[]>();

  const read = async (names: readonly string[]): Promise<readonly AclRule[] | Failure> => {
    const wanted = [...new Set(names.map((one) => one.toLowerCase()))];
    const fresh = wanted.filter((name) => !texts.has(name));
    const answers = await Promise.all(fresh.map((name) => textOf(name, scope, ctx)));
    for (const [index, text] of answers.entries()) {
      if (failed(text)) return text;
      controls.push(...text.controls);
      unknown ??= text.unknown;
      declared ||= text.declared === true;
      texts.set(fresh[index] ?? '', text.rules);
    }
    return wanted.flatMap((name) => texts.get(name) ?? []);
  };
  const add = async (policies: readonly string[], closed: boolean): Promise<Failure | undefined> => {
    const rules = await read(policies);
    if (failed(rules)) return rules;
    principals.push({ policies, rules, closed });
    return undefined;
  };

  for (const one of held.holders) {
    const wrong = await add(one.policies, one.declared);
    if (wrong !== undefined) return wrong;
  }
  // what it could log in as is its own too, and what that could log in as
  const minted = await mintable(principals, add, scope, ctx);
  if (failed(minted)) return minted;
  controls.push(...minted.controls);

  const everything = principals.some((one) => escalates(one, [...texts.keys()]));
  const answer = (yes: boolean): Known =>
    yes || everything ? 'yes' : unknown === undefined ? 'no' : 'unknown';
  return {
    may: (path, wanted) => answer(principals.some(({ rules }) => permits(rules, path, wanted))),
    somewhere: (pattern, wanted, but) =>
      answer(
        principals.some(({ rules }) =>
          touching(rules, pattern, wanted).some((rule) => but?.test(rule.pattern) !== true),
        ),
      ),
    carries: (policies) =>
      answer(
        principals.some((one) => policies.every((name) => name === 'default' || one.policies.includes(name))),
      ),
    everything,
    basis: declared || controls.length === 0 ? 'declared' : 'proven',
    ...(unknown === undefined ? {} : { unknown }),
    controls,
  };
}

/** The look is not needed: the rights of the grant exclude all that it would find. */
export function excludedBy({ basis, controls }: Rights, what: string): Excluded {
  const by = basis === 'declared' ? 'by the rights that the record declares' : 'by its rights';
  return { saw: 'excluded', basis, why: `${by} the grant could not ${what}`, controls };
}

interface Text {
  readonly rules: readonly AclRule[];
  readonly unknown?: Unknown;
  /** By the record's word. */
  readonly declared?: true;
  readonly controls: readonly PassedControl[];
}

const policyRef = z.looseObject({
  name: z.string(),
  sha256: z.string().optional(),
  text: z.string().optional(),
});
const all: AclRule = { pattern: '*', capabilities: [...anything, 'sudo'] };

/** A text that was changed since the grant began gives what it says, and may have given more. */
async function textOf(
  name: string,
  { namespace, targets }: LookScope,
  ctx: LookContext,
): Promise<Text | Failure> {
  if (name === 'root') return { rules: [all], controls: [] };
  const seen = covered(await ctx.read(aclPolicy, { name, namespace }));
  if (failed(seen)) return seen;
  const { controls } = seen;
  const because = (why: string): Unknown => ({
    why,
    needs: `what the policy ${name} said while the grant ran: its text in the record (vault/policy, text), or unchanged since before it`,
  });
  const recorded = targets.flatMap(({ kind, ref }) => {
    const said = kind === 'vault/policy' ? policyRef.parse(ref) : undefined;
    return said?.name.toLowerCase() === name ? [said] : [];
  });
  const [told] = recorded.flatMap((one) => (one.text === undefined ? [] : [rulesOf(one.text)]));
  const given = told === undefined || 'why' in told ? undefined : told;
  if (seen.saw === 'nothing') {
    if (given !== undefined) return { rules: given, declared: true, controls };
    return { rules: [], unknown: because(`the policy ${name} does not stand any more`), controls };
  }
  const { text, modified, sha256 } = seen.value;
  const rules = rulesOf(text);
  if ('why' in rules) {
    return { rules: [], unknown: because(`the policy ${name} is not understood: ${rules.why}`), controls };
  }
  // a digest in the record, or of what was found, vouches for the text
  const vouched = recorded.some((one) => one.sha256 === sha256);
  const changed = !vouched && modified !== undefined && whenBegan(ctx.window, seen.stamp).since(modified);
  if (changed && given !== undefined) return { rules: [...rules, ...given], declared: true, controls };
  return changed
    ? { rules, unknown: because(`the policy ${name} was changed at ${modified}`), controls }
    : { rules, controls };
}

/** Below `auth/`, what makes no way to log in that is not looked at by itself. */
const noLogin = /^auth\/token\/|\/login[^/]*(?:\/[^/*]+)?$|\/role\/[^/]+\/(?:custom-)?secret-id|\/tidy\//;
const noIdentity = /^identity\/(?:lookup|oidc|mfa)\//;

/** Could it give itself more than it was given? */
function escalates({ rules, closed }: Principal, names: readonly string[]): boolean {
  const reaches = (pattern: string, but?: RegExp) =>
    touching(rules, pattern, writes).some((rule) => but?.test(rule.pattern) !== true);
  if (reaches('auth/*', noLogin) || reaches('identity/*', noIdentity)) return true;
  if (['sys/auth/*', 'sys/raw/*', 'sys/remount', 'sys/namespaces/*'].some((one) => reaches(one))) return true;
  const own = (name: string) =>
    permits(rules, `sys/policies/acl/${name}`, writes) || permits(rules, `sys/policy/${name}`, writes);
  if (names.some(own)) return true;
  // with sudo a token of any policies is made, and with a role one of the role's
  if (closed) return false;
  return rules.some(
    (rule) =>
      !rule.capabilities.includes('deny') &&
      ((rule.capabilities.includes('sudo') && meets(rule.pattern, 'auth/token/create*')) ||
        (rule.capabilities.some((one) => writes.includes(one)) &&
          (meets(rule.pattern, 'auth/token/create/+') || meets(rule.pattern, 'auth/token/roles/+')))),
  );
}
