import type { AwsScenario } from '../aws-world.ts';
import { arnOf, bySigning, tries, triesKey, trusts } from './aws-told.ts';

export const sessions: readonly AwsScenario[] = [
  {
    name: 'aws-trusted-by-name',
    story: 'Key and user are deleted; with the key a role was assumed that trusts the user by name.',
    naive: tries,
    truth: { by: bySigning, is: 'works' },
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: {
        c1: 'unproven R-DERIVED',
        'sweep:aws-prod': 'gone',
        'hunt:aws-prod': 'unproven R-ORIGIN',
      },
    },
    async play(world) {
      const given = world.give();
      world.ago(119, 'CreateRole', {
        RoleName: 'deploy',
        AssumeRolePolicyDocument: trusts(arnOf('user', given.name)),
        MaxSessionDuration: 43_200,
      });
      const session = await world.assume(given.key, 'deploy', 100);
      world.end(given, 'with its user');
      return {
        grant: given.grant,
        naive: () => triesKey(world, given),
        truth: () => world.signs(session),
        mend: async () => void world.iam('DeleteRole', { RoleName: 'deploy' }),
      };
    },
  },
];
