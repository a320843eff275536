import { hold } from './hold.ts';
import { reporters } from '../../src/reporters/index.ts';
import { plainLook } from '../../src/reporters/look.ts';
import type { Finding } from '../../src/model/report.ts';
import type { GrantInput } from './record.ts';
import type { Expectation, Outcome, Played, Scenario } from './scenario.ts';
import { auditedSince, loggedSince, marks, snapshot } from './unchanged.ts';
import { verifyAs } from './verifier.ts';
import type { Verified, VerifierOptions } from './verifier.ts';
import type { World } from './world.ts';

/** Tells the story on real servers, and holds the naive answer, the truth and the verdict against it. */
export async function runScenario(scenario: Scenario, world: World): Promise<void> {
  const played = await scenario.play(world);
  await holdStory(scenario, played, (grant, verifier, without) =>
    look(world, scenario.name, grant, {
      ...played.configured,
      ...verifier,
      ...(without === undefined ? {} : { without }),
    }),
  );
}

/** The same for the world of any system: `ask` is one run of Tombstone there, without one permission where it names one. */
export async function holdStory<V>(
  { expected, blinded, ...scenario }: Omit<Scenario, 'play'>,
  played: Omit<Played, 'verifier' | 'configured'> & { readonly verifier?: V },
  ask: (grant: GrantInput, verifier?: V, without?: string) => Promise<Verified>,
): Promise<void> {
  const { grant, verifier } = played;
  try {
    hold('the naive answer', await played.naive(), scenario.naive.says);
    const seen = await ask(grant, verifier);
    holdOutcome('the verdict', seen, expected);
    hold('the truth, by use', await played.truth(), scenario.truth.is);

    if (blinded !== undefined) {
      const half = await ask(grant, verifier, blinded.without);
      holdOutcome(`the verdict without ${blinded.without}`, half, blinded.expected);
    }
    hold('dormant is what others can revive', played.revive !== undefined, expected.grant === 'dormant');
    if (played.revive !== undefined) {
      await played.revive();
      hold('the truth, switched on by somebody else', await played.truth(), 'works');
      const revived = await ask(grant, verifier);
      hold('the verdict, switched on by somebody else', revived.report.grants[0]?.verdict, 'live');
    }
    hold(
      'a clean twin',
      played.mend !== undefined,
      expected.grant !== 'gone' || scenario.limit !== undefined,
    );
    if (played.mend === undefined) return holdControls(seen);

    await played.mend();
    // from the right place and with every permission, wherever the first look was from
    const clean = await ask(played.amended?.() ?? grant);
    const findings = findingsOf(clean);
    const targets = Object.fromEntries(findings.map((one) => [one.target.id, 'gone'] as const));
    holdOutcome('the verdict after an honest end', clean, { grant: 'gone', exit: 0, targets });
    holdControls(clean);
    hold('the truth after an honest end', await played.truth(), 'refused');
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
    const before = await snapshot(world);
    const since = marks(world);
    const seen = await verifyAs(name, grant, access);
    const audited = auditedSince(world, since);
    hold('requests that no connector declares', audited.undeclared, []);
    hold('one token asks, or none', audited.accessors.length < 2, true);
    hold('the world after the look', await snapshot(world), before);
    hold('statements that are no select', loggedSince(world, since).others, []);
    hold('planted secrets in what was written', world.planted.foundIn(everything(seen)), 0);
    return seen;
  } finally {
    await access.restore();
  }
}

const fully = { ...plainLook, detail: 'full' } as const;

/** Every byte that a run can write, in every format. */
export function everything(seen: Verified): string {
  const rendered = Object.values(reporters).map((reporter) => reporter(seen, fully));
  return [JSON.stringify(seen.dossier), JSON.stringify(seen.report), ...rendered].join('\n');
}

const findingsOf = ({ report }: Verified) => report.grants.flatMap((grant) => grant.findings);

/** What the story tells of. That a whole system was looked at counts in the verdict of the grant, wherever it is not told. */
const toldOf = (findings: readonly Finding[], { targets }: Expectation) =>
  findings.filter(({ target: { id, origin } }) => origin !== 'coverage' || id in targets);

function holdOutcome(what: string, seen: Verified, expected: Expectation): void {
  const findings = findingsOf(seen);
  const { grant, exit, targets, needs, says } = expected;
  const found = {
    grant: seen.report.grants[0]?.verdict,
    exit: seen.report.exitCode,
    targets: Object.fromEntries(toldOf(findings, expected).map((one) => [one.target.id, outcome(one)])),
  };
  hold(`${what}:\n${findings.map(inWords).join('\n')}`, found, { grant, exit, targets });
  if (needs !== undefined) {
    const named = toldOf(findings, expected).flatMap(({ verdict }) =>
      verdict.verdict === 'unproven' ? [verdict.needs] : [],
    );
    hold(`${what}: what would prove it`, [...new Set(named)], [needs]);
  }
  if (says !== undefined) {
    const text = reporters.text(seen, fully).replace(/\s+/g, ' ');
    hold(`${what}: the report says "${says}"\n${text}`, text.includes(says), true);
  }
}

function outcome({ verdict }: Finding): Outcome {
  return verdict.verdict === 'gone' ? 'gone' : `${verdict.verdict} ${verdict.reason}`;
}

function inWords({ target: { id, label }, verdict }: Finding): string {
  const needs = 'needs' in verdict ? ` [needs ${verdict.needs}]` : '';
  const why = verdict.verdict === 'gone' ? '' : ` ${verdict.reason} ${verdict.detail}${needs}`;
  return `  ${id} ${label}: ${verdict.verdict}${why}`;
}

/** No gone without proof: each look behind it has something that was sighted, or a word that means absent. */
function holdControls(seen: Verified): void {
  for (const { target, evidence, verdict } of findingsOf(seen)) {
    const because = evidence.filter((one) => verdict.because.includes(one.id));
    hold(`${target.id} rests on evidence`, because.length > 0, true);
    for (const { observation, check } of because) {
      // what the rights that the record declares exclude is not looked for
      if (observation.saw === 'excluded' && observation.basis === 'declared') continue;
      const controls = 'controls' in observation ? observation.controls : [];
      hold(`${target.id} by ${check}, which saw ${observation.saw}, has controls`, controls.length > 0, true);
    }
  }
}
