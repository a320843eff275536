import { createRedactor } from '../../door/redact.ts';
import type { Redactor } from '../../door/redact.ts';
import { plainLook } from '../../reporters/look.ts';
import { formats, reporters } from '../../reporters/index.ts';
import { checkOf } from '../ask.ts';
import type { Outcome } from '../ask.ts';
import { echoForms } from '../front.ts';
import { must, mustFire, mustNotBeOver } from '../expect.ts';
import { behindFront } from '../scene.ts';
import type { Address, Asked, Contract, ContractCase, ContractTarget, ContractWorld } from '../world.ts';

/** Hides nothing: what stands in its texts was written there by the connector itself. */
const openEyed = (): Redactor => ({ add: () => {}, clean: (text) => text });

/** Planted secrets are looked for in every byte that is kept or printed. */
export function secretCases(contract: Contract): readonly ContractCase[] {
  return [
    behindFront(contract, 'the connector itself writes no secret down', async ({ world, look, front }) => {
      const target = await world.create();
      const redactor = openEyed();
      searched(await look(target, { redactor }), world, target, front.address, 'living');
      const restore = await world.blind(
        contract.connector.checks.flatMap((check) => (check.id === contract.check ? check.needs : [])),
      );
      searched(await look(target, { redactor }), world, target, front.address, 'living, blinded');
      await restore();
      await world.end(target);
      searched(await look(target, { redactor }), world, target, front.address, 'ended');
    }),
    behindFront(contract, 'a server that repeats secrets gets none of them printed', async (scene) => {
      const { world, look, front } = scene;
      const target = await world.create();
      front.pass();
      await look(target);
      const numbers = turns(contract, front.asked);
      const planted = secretsOf(world, target, front.address);
      for (const form of echoForms(contract.connector)) {
        for (const number of numbers) {
          // only what was sent there can be repeated: a server does not know the others
          front.echo((asked) => asked.number >= number, form, world.secrets ?? []);
          const outcome = await look(target, { redactor: createRedactor() });
          mustFire(front.fired, `repeating from answer ${number} on`);
          mustNotBeOver(outcome, `a server that repeats what it is sent (${form})`);
          searched(outcome, world, target, front.address, `repeated from answer ${number} on, ${form}`);
        }
      }
      must(planted.length > 0, 'the world plants no secret');
    }),
  ];
}

/** From which answer on it repeats: from each; of a look's many from the first of each sort. */
function turns(contract: Contract, asked: readonly Asked[]): readonly number[] {
  if (checkOf(contract).of.role !== 'coverage') return asked.map(({ number }) => number);
  const sorts = new Map<string, number>();
  for (const { number, method, path, body } of asked) {
    const sort = path === '' ? body.slice(0, 200) : `${method} ${path.split('/').slice(0, 5).join('/')}`;
    if (!sorts.has(sort)) sorts.set(sort, number);
  }
  return [...sorts.values()];
}

function secretsOf(world: ContractWorld, target: ContractTarget, at: Address): readonly string[] {
  return [
    ...Object.values(world.configuration(at).environment),
    ...(world.secrets ?? []),
    ...(target.secret === undefined ? [] : [target.secret]),
  ].filter((one) => one.length >= 8);
}

function searched(
  outcome: Outcome,
  world: ContractWorld,
  target: ContractTarget,
  at: Address,
  when: string,
): void {
  const { sealed } = outcome;
  const texts = [
    ['the dossier', JSON.stringify(sealed.dossier)],
    ['the report', JSON.stringify(sealed.report)],
    ...formats.map((format) => [
      `the format ${format}`,
      reporters[format](sealed, { ...plainLook, detail: 'full' }),
    ]),
  ] as const;
  for (const secret of secretsOf(world, target, at)) {
    for (const form of formsOf(secret)) {
      for (const [where, text] of texts) {
        // the value itself must not stand in the message either
        must(
          !(text ?? '').includes(form),
          `${when}: a secret of ${secret.length} characters stands in ${where}`,
        );
      }
    }
  }
}

function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    secret.toLowerCase(),
    secret.split('').toReversed().join(''),
  ];
}
