import { ask, checkOf } from '../ask.ts';
import { isPositive, must, mustBeOpen, mustBeOver, mustNotBeOver, mustSee } from '../expect.ts';
import { inWorld } from '../scene.ts';
import type { Contract, ContractCase } from '../world.ts';

/** What a check says while nothing is in its way, and while the verifier may not look. */
export function plainCases(contract: Contract): readonly ContractCase[] {
  const check = checkOf(contract);
  return [
    inWorld(contract, 'a living target is seen', async ({ world, look }) => {
      mustSee(await look(await world.create()), 'living');
    }),
    inWorld(
      contract,
      'an ended target is absent with its control, and judged gone',
      async ({ world, look }) => {
        const target = await world.create();
        await world.end(target);
        mustBeOver(await look(target), 'ended');
      },
    ),
    inWorld(contract, 'a blinded verifier knows nothing, and says what it lacks', async ({ world, look }) => {
      const target = await world.create();
      const restore = await world.blind(check.needs);
      mustNotBeOver(await look(target), 'living, and the verifier may not look');
      await world.end(target);
      const failure = mustBeOpen(await look(target), 'ended, and the verifier may not look', [
        'R-PERM',
        'R-AUTH',
      ]);
      must(
        failure.needs !== undefined && check.needs.includes(failure.needs),
        `blinded: must name the missing permission, one of ${check.needs.join(' · ')}; it named ${failure.needs ?? 'none'}`,
      );
      await restore();
      mustBeOver(await look(target), 'ended, and the verifier may look again');
    }),
    ...check.needs.map((need) =>
      inWorld(
        contract,
        `without "${need}" alone, absence is claimed only where presence would be seen`,
        async ({ world, look }) => {
          const target = await world.create();
          const restore = await world.blind([need]);
          const living = await look(target);
          mustNotBeOver(living, `living, without ${need}`);
          await world.end(target);
          const ended = await look(target);
          must(!isPositive(ended), `ended, without ${need}: must not be seen`, ended);
          // who would not have seen it may not say that it is not there
          if (!isPositive(living) && world.describing?.[need] === undefined)
            mustBeOpen(ended, `ended, without ${need}`);
          await restore();
        },
      ),
    ),
    ...(check.method === 'list'
      ? [
          inWorld(contract, 'a target on the last page is seen', async ({ world, look }) => {
            must(world.crowd !== undefined, `${check.id} lists: its world must have a crowd`);
            const target = await world.create();
            await world.crowd(target);
            mustSee(await look(target), 'on the last page');
            await world.end(target);
            mustBeOver(await look(target), 'ended, in a crowd');
          }),
        ]
      : []),
    inWorld(contract, 'clocks that differ by an hour prove nothing gone', async ({ world }) => {
      const target = await world.create();
      await world.end(target);
      for (const wrong of [3_600_000, -3_600_000]) {
        const outcome = await ask(contract, world, target, { now: () => Date.now() + wrong });
        const { verdict } = outcome;
        must(
          verdict.verdict === 'unproven' && verdict.reason === 'R-CLOCK',
          `our clock ${wrong / 60_000} minutes off: must be unproven with R-CLOCK`,
          outcome,
        );
      }
    }),
  ];
}
