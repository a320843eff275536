import { document, openAwsWorld, readsUsers } from '../scenarios/aws-world.ts';
import type { AwsWorld } from '../scenarios/aws-world.ts';
import type { GrantInput } from '../scenarios/record.ts';
import type { Line } from './table.ts';

const [users, pageSize] = [1_000, 1_000];
/** A page tells so many users, groups, roles and policies. */
const pages = Math.ceil((users + 3) / pageSize);
/** Keys once for the credential itself, all five kinds once more after everything else was seen to have ended, and whose name it is. */
const aUser = 7;
const nothing = document({ Effect: 'Deny', Action: '*', Resource: '*' });

/** One grant, and a thousand in one account: calls against the least that would do. */
export async function awsCalls(): Promise<readonly Line[]> {
  const [one, many] = [await calls(1), await calls(users)];
  const least = (grants: number, inPages: number) => aUser * grants + 2 * inPages;
  const what = `aws: ${users.toLocaleString('en-US')} users with two keys each, a grant for each`;
  return [
    { what: 'aws: calls for one grant', value: one.calls },
    { what: `${what}: calls ÷ least`, value: many.calls / least(users, pages), limit: 1.1 },
    { what: `${what}: calls`, value: many.calls },
    { what: `${what}: time`, value: many.seconds, unit: 's' },
  ];
}

async function calls(count: number) {
  const world = await openAwsWorld();
  try {
    world.server.world.switches.pageSize = pageSize;
    const grants = Array.from({ length: count }, (_, number) => ended(world, `user-${number}`));
    const before = world.server.log.length;
    const began = performance.now();
    const { report } = await world.lookAtAll(grants);
    const seconds = (performance.now() - began) / 1_000;
    // a deny can be taken back
    if (report.grants.some(({ verdict }) => verdict !== 'dormant'))
      throw new Error('the bench asks about something else');
    return { calls: world.server.log.length - before, seconds };
  } finally {
    await world.stop();
  }
}

/** A key of a user who stands and may do nothing by now; another key is its own. */
function ended(world: AwsWorld, name: string): GrantInput {
  const userId = world.user(name, 2_000);
  world.key(name, 2_000);
  const key = world.key(name);
  world.iam('DeleteAccessKey', { UserName: name, AccessKeyId: key.accessKeyId });
  world.iam('PutUserPolicy', { UserName: name, PolicyName: 'over', PolicyDocument: nothing });
  const ref = { userName: name, userId, accessKeyId: key.accessKeyId, policies: [readsUsers] };
  return {
    ...world.window(),
    credentials: [{ id: 'c1', kind: 'aws/access-key', system: 'aws-prod', ref }],
    users: [userId],
  };
}
