import type { Context, Failure } from '../../src/connector.ts';
import { failed } from '../../src/connector.ts';
import type { AwsClient } from './client.ts';
import type { ConsoleLoginRef } from './kinds/console-login.ts';
import { loginProfile, namedUser } from './login-profile.ts';
import type { LoginProfile } from './login-profile.ts';
import { renamed, uncontrolled, userOf } from './of-user.ts';
import type { Held } from './of-user.ts';

/**
 * The password of a user. AWS says the same of a user without one and of a name that is nobody's: so the
 * user is found by its id before, and is asked for by its name once more afterwards.
 */
export async function passwordOf(
  ref: ConsoleLoginRef,
  ctx: Context<AwsClient>,
): Promise<Held<LoginProfile> | Failure> {
  const standing = await userOf(ref, ctx);
  if (failed(standing)) return standing;
  const { user, controls } = standing;
  if (user === undefined) return { ...standing, found: undefined };
  const seen = await ctx.read(loginProfile, user.UserName);
  if (failed(seen)) return seen;
  if (seen.saw === 'value') return { ...standing, found: seen.value };
  const still = await ctx.read(namedUser, user.UserName);
  if (failed(still)) return still;
  if (still.saw === 'nothing' || still.value.userId !== user.UserId) return renamed(user.UserName);
  if (still.controls === undefined) return uncontrolled(user.UserName);
  const [first, ...rest] = controls;
  return {
    ...standing,
    found: undefined,
    controls: [first, ...rest, ...seen.controls, ...still.controls],
  };
}
