import { expect } from 'vitest';
import { reporters } from '../../src/reporters/index.ts';
import { plainLook } from '../../src/reporters/look.ts';
import type { Finding } from '../../src/model/report.ts';
import type { GrantInput } from './record.ts';
import type { Expectation, Outcome, Scenario } from './scenario.ts';
import { auditedSince, loggedSince, marks, snapshot } from './unchanged.ts';
import { verifyAs } from './verifier.ts';
import type { Verified, VerifierOptions } from './verifier.ts';
import type { World } from './world.ts';

/** Tells the story on real servers, and holds the naive answer, the truth and the verdict against it. */
export async function runScenario(scenario: Scenario, world: World): Promise<void> {
  const { name, expected, blinded } = scenario;
  const played = await scenario.play(world);
  try {
    expect(await played.naive(), 'the naive answer').toBe(scenario.naive.says);

    const seen = await look(world, name, played.grant, played.verifier);
    expectOutcome(seen, expected);
    expect(await played.truth(), 'the truth, by use').toBe(scenario.truth.is);

    if (blinded !== undefined) {
      const half = await look(world, name, played.grant, { ...played.verifier, without: blinded.without });
      expectOutcome(half, blinded.expected);
    }
    if (played.revive !== undefined) {
      await played.revive();
      expect(await played.truth(), 'the truth after somebody else switched it on').toBe('works');
      const revived = await look(world, name, played.grant, played.verifier);
      expect(revived.report.grants[0]?.verdict, 'switched on again').toBe('live');
    }
    if (played.mend === undefined) {
      expect(expected.grant, 'a story that does not end honestly has a twin that does').toBe('gone');
      expectControls(seen);
      return;
    }
    await played.mend();
    // from the right place and with every permission, wherever the first look was from
    const mended = await look(world, name, played.amended?.() ?? played.grant);
    expectClean(mended);
    expect(await played.truth(), 'the truth after an honest end').toBe('refused');
  } finally {
    await played.clean?.();
  }
}

/** One run of Tombstone, with what must hold for every run: nothing changed, no secret written. */
export async function look(
  world: World,
  name: string,
  grant: GrantInput,
  options: VerifierOptions = {},
): Promise<Verified> {
  const access = await world.access(options);
  try {
    const [before, since] = [await snapshot(world), marks(world)];
    const seen = await verifyAs(name, grant, access);
    const [audited, logged] = [auditedSince(world, since), loggedSince(world, since)];
    expect(audited.undeclared, 'requests that no connector declares').toEqual([]);
    expect(audited.accessors.length, 'whoever asked OpenBao').toBeLessThan(2);
    expect(logged.others, 'statements that are no select').toEqual([]);
    expect(await snapshot(world), 'the world after the look').toEqual(before);
    expect(world.planted.foundIn(everything(seen)), 'planted secrets in what was written').toBe(0);
    return seen;
  } finally {
    await access.restore();
  }
}

/** Every byte that a run can write, in every format. */
export function everything(seen: Verified): string {
  const look = { ...plainLook, detail: 'full' } as const;
  const rendered = Object.values(reporters).map((reporter) => reporter(seen, look));
  return [JSON.stringify(seen.dossier), JSON.stringify(seen.report), ...rendered].join('\n');
}

function expectOutcome({ report, dossier }: Verified, expected: Expectation): void {
  const findings = report.grants.flatMap((grant) => grant.findings);
  const details = findings.map(describe).join('\n');
  expect(Object.fromEntries(findings.map((one) => [one.target.id, outcome(one)])), details).toEqual(
    expected.targets,
  );
  expect(report.grants[0]?.verdict, details).toBe(expected.grant);
  expect(report.exitCode, details).toBe(expected.exit);
  const { needs, says } = expected;
  if (needs !== undefined) {
    const named = findings.flatMap(({ verdict }) => (verdict.verdict === 'unproven' ? [verdict.needs] : []));
    expect(new Set(named), details).toEqual(new Set([needs]));
  }
  if (says !== undefined) {
    const text = reporters.text({ report, dossier }, { ...plainLook, detail: 'full' });
    expect(text.replace(/\s+/g, ' ')).toContain(says);
  }
}

function outcome({ verdict }: Finding): Outcome {
  return verdict.verdict === 'gone' ? 'gone' : `${verdict.verdict} ${verdict.reason}`;
}

const describe = ({ target, verdict }: Finding) =>
  `${target.id} ${target.label}: ${verdict.verdict}${
    verdict.verdict === 'gone'
      ? ''
      : ` ${verdict.reason} ${verdict.detail}${'needs' in verdict ? ` [needs ${verdict.needs}]` : ''}`
  }`;

function expectClean(seen: Verified): void {
  const { report } = seen;
  const findings = report.grants.flatMap((grant) => grant.findings);
  const details = findings.map(describe).join('\n');
  expect(new Set(findings.map(outcome)), details).toEqual(new Set(['gone']));
  expect(report.exitCode, details).toBe(0);
  expectControls(seen);
}

/** No gone without proof: each read behind it has something that was sighted, or a word that means absent. */
function expectControls({ report }: Verified): void {
  for (const { target, evidence, verdict } of report.grants.flatMap((grant) => grant.findings)) {
    const because = evidence.filter((one) => verdict.because.includes(one.id));
    expect(because.length, target.id).toBeGreaterThan(0);
    for (const { observation, check } of because) {
      // what found others is carried by them
      if (observation.saw === 'present' && (observation.leads?.length ?? 0) > 0) continue;
      expect(observation, `${target.id} by ${check}`).toHaveProperty('controls');
      if ('controls' in observation) expect(observation.controls.length).toBeGreaterThan(0);
    }
  }
}
