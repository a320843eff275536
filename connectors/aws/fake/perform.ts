/** One operation, for one caller who has been recognised. */
import { demand } from './authorize.ts';
import type { Shape } from './answer.ts';
import { AwsError } from './answer.ts';
import type { Caller } from './caller.ts';
import type { Input } from './input.ts';
import { given } from './input.ts';
import { settle } from './identity-center/provision.ts';
import type { Call, Operation, Service } from './operation.ts';
import { find } from './state.ts';
import { record } from './trail.ts';
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
  settle(world);
  const happened = { service, action, caller, input, region, writes: operation.writes };
  try {
    const answer = carryOut(world, service, operation, happened);
    record(world, { ...happened, answer, error: undefined });
    return answer;
  } catch (error) {
    if (error instanceof AwsError) record(world, { ...happened, answer: undefined, error });
    throw error;
  }
}

type Asked = Pick<Call, 'action' | 'caller' | 'input' | 'region'>;

function carryOut(world: World, service: Service, operation: Operation, asked: Asked): Shape | undefined {
  const { account } = asked.caller;
  const state = operation.writes ? account.state : account.shown;
  const call: Call = { ...asked, world, account, state, now: world.clock.now() };
  if (operation.on !== undefined) demand(call, `${service.name}:${asked.action}`, operation.on(call));
  if (operation.writes && service.name === 'iam') checkUnreserved(call);
  if (operation.writes) account.keep();
  return operation.run(call);
}

/** Roles that AWS made for its own services are changed by them alone. */
function checkUnreserved({ state, input }: Call): void {
  const role = find(state.roles, given(input, 'RoleName') ?? '');
  if (role?.path.startsWith('/aws-reserved/') !== true) return;
  throw new AwsError(
    'UnmodifiableEntity',
    400,
    `Cannot perform the operation on the protected role '${role.name}' - this role is only modifiable by AWS`,
  );
}
