/** One operation, for one caller who has been recognised. */
import { demand } from './authorize.ts';
import type { Shape } from './answer.ts';
import { AwsError } from './answer.ts';
import type { Caller } from './caller.ts';
import type { Input } from './input.ts';
import type { Call, Service } from './operation.ts';
import type { World } from './world.ts';

/** @throws AwsError as the service answers, first whether the caller may, then whether it can be. */
export function perform(
  world: World,
  service: Service,
  action: string,
  caller: Caller,
  input: Input,
  region: string,
): Shape | undefined {
  const operation = service.operations[action];
  if (operation === undefined) {
    throw new AwsError(
      'InvalidAction',
      400,
      `Could not find operation ${action} for version ${service.version}`,
    );
  }
  const { account } = caller;
  const state = operation.writes ? account.state : account.shown;
  const call: Call = { world, account, state, caller, action, input, region, now: world.clock.now() };
  if (operation.on !== undefined) demand(call, `${service.name}:${action}`, operation.on(call));
  if (operation.writes) account.keep();
  return operation.run(call);
}
