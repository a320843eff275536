import { must, mustBeOpen, mustFire, mustSee, told } from '../expect.ts';
import { failed } from '../../model/observation.ts';
import { behindFront } from '../scene.ts';
import type { Contract, ContractCase } from '../world.ts';

/** The right question to the wrong server. */
export function instanceCases(contract: Contract): readonly ContractCase[] {
  return [
    behindFront(contract, 'an instance that is not the pinned one is asked nothing', async (scene) => {
      const { world, look, front } = scene;
      const target = await world.create();
      const clean = await look(target);
      mustSee(clean, 'living, not pinned');
      const instance = clean.sealed.report.systems[0]?.instance;
      must(instance !== undefined, 'the server must say who it is');
      mustSee(await look(target, { pinned: instance }), 'living, pinned as it is');
      front.pass();
      mustBeOpen(await look(target, { pinned: `not-${instance}` }), 'living, another one pinned', [
        'R-INSTANCE',
      ]);
      must(front.asked.length > 0, 'the server was never asked who it is');
      must(
        !front.asked.some((asked) => world.asks(asked, target)),
        'the wrong instance was asked about the target',
      );
    }),
    behindFront(contract, 'an instance that changes while it is asked proves nothing', async (scene) => {
      const { world, look, front } = scene;
      const target = await world.create();
      const elsewhere = await world.elsewhere();
      const there = await look(target, { through: elsewhere });
      const here = await look(target, { through: world.address });
      const names = [here, there].map((one) => one.sealed.report.systems[0]?.instance);
      must(names[1] !== undefined, `the other instance must take the same verifier; there it ${told(there)}`);
      must(names[0] !== names[1], `two instances must say two names, both say ${names[0]}`);
      front.pass();
      mustSee(await look(target), 'living, nothing changed');
      // not every number has an answer: a client that says goodbye gets none
      const numbers = front.asked.map(({ number }) => number);
      const count = numbers.at(-1);
      for (const after of numbers.slice(0, -1)) {
        front.move(elsewhere, after);
        const outcome = await look(target);
        mustFire(front.fired, `the change after question ${after} of ${count}`);
        const when = `living, another instance from question ${after + 1} of ${count} on`;
        must(outcome.verdict.verdict !== 'gone', `${when}: must not be judged gone`, outcome);
        must(
          !failed(outcome.observation) || outcome.observation.reason !== 'R-CHECK',
          `after question ${after}: must not break the check`,
          outcome,
        );
      }
    }),
  ];
}
