import { findOpenBao, startOpenBao } from '../../test/servers/openbao.ts';
import { realServer } from '../../test/servers/require.ts';
import type { Made, Stage } from './asking.fixture.ts';
import { asking, makeToken, makeVerifier, writePolicy } from './asking.fixture.ts';
import { startFakeVault } from './vault.fake.ts';

/** The fake everywhere, the real server where it can be had. */
export const stages = [
  { name: 'the living fake', runs: true, start: (): Promise<Stage> => startFakeVault() },
  {
    name: 'the real OpenBao',
    runs: realServer('OpenBao', findOpenBao()),
    start: (): Promise<Stage> => startOpenBao(),
  },
];

export interface Cast {
  readonly stage: Stage;
  /** With exactly the printed policy. */
  readonly verifier: Made;
  /** May look up itself and nothing else. */
  readonly blind: Made;
  asVerifier(): ReturnType<typeof asking>;
}

/** A verifier, a blind one, a policy `agent` that may make orphans, two namespaces. */
export async function castOn(stage: Stage): Promise<Cast> {
  const verifier = await makeVerifier(stage);
  await writePolicy(stage, 'blind', 'path "auth/token/lookup-self" { capabilities = ["read"] }');
  const blind = await makeToken(stage, { policies: ['blind'], no_default_policy: true });
  await writePolicy(
    stage,
    'agent',
    `path "auth/token/create" { capabilities = ["update", "sudo"] }
     path "auth/token/create-orphan" { capabilities = ["update", "sudo"] }`,
  );
  await stage.api('POST', 'sys/namespaces/team-a', {});
  await stage.api('POST', 'sys/namespaces/team-b', {});
  return { stage, verifier, blind, asVerifier: () => asking(stage.address, verifier.value) };
}

export const nowhere = 'never-issued';
export const in1h = { policies: ['default'], ttl: '1h' };
