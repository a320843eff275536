import { expect, test } from 'vitest';
import { runAwsScenario } from './aws-world.ts';
import { aws } from './corpus/aws.ts';

test.each(aws)('$name: $story', async (scenario) => {
  await expect(runAwsScenario(scenario)).resolves.toBeUndefined();
});
