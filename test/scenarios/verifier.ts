import { loadConfiguration } from '../../src/config/load.ts';
import { resolveRecordSecrets, resolveSecrets } from '../../src/config/secrets.ts';
import { capture } from '../../src/capture.ts';
import { loadGrants } from '../../src/grant/load.ts';
import type { Baseline } from '../../src/model/baseline.ts';
import type { Configuration } from '../../src/model/config.ts';
import type { Dossier } from '../../src/model/dossier.ts';
import type { Problem } from '../../src/model/errors.ts';
import type { Report } from '../../src/model/report.ts';
import { builtIn, kindLookup } from '../../src/registry.ts';
import { verify } from '../../src/verify.ts';
import { recordOf } from './record.ts';
import type { GrantInput } from './record.ts';

/** Where the verifier looks and as whom. */
export interface VerifierOptions {
  /** A permission that it lacks. */
  readonly without?: string;
  readonly vaultAddress?: string;
  readonly vaultToken?: string;
  readonly vaultInstance?: string;
  /** Another server, or a wire to it; the verifier's role is the same on both. */
  readonly postgresPort?: number;
  readonly postgresPassword?: string;
  readonly postgresInstance?: string;
  /** Where else logins are taken: at these ports, by the same verifier. */
  readonly endpoints?: readonly { readonly via: string; readonly port: number; readonly name?: string }[];
  /** May the values of credentials be tried? */
  readonly probe?: true;
  /** Is the audit log of OpenBao in the configuration? Another file than its own, where one is named. */
  readonly audit?: true | { readonly file: string } | undefined;
  /** ISO 8601. */
  readonly timeout?: string;
  /** How much clocks may differ, ISO 8601. */
  readonly skew?: string;
}

export interface Verified {
  readonly report: Report;
  readonly dossier: Dossier;
}

/** Everything that a connector's checks need, in its own words. */
export function needsOf(id: string): readonly string[] {
  const connector = builtIn().get(id);
  if (connector === undefined) throw new Error(`the connector ${id} is not built in`);
  return [...new Set(connector.checks.flatMap((check) => check.needs))];
}

/** What `tombstone connectors policy` prints, without one of the needs. */
export function policyOf(id: string, without?: string): string {
  const needs = needsOf(id);
  if (without !== undefined && !needs.includes(without)) throw new Error(`${id} does not need ${without}`);
  const connector = builtIn().get(id);
  if (connector === undefined) throw new Error(`the connector ${id} is not built in`);
  return connector.policy(needs.filter((need) => need !== without));
}

/** A printed policy's statements. */
export function statementsOf(policy: string): readonly string[] {
  return policy.split('\n').filter((line) => line !== '' && !line.startsWith('--'));
}

export interface Access {
  readonly vaultAddress: string;
  readonly vaultToken: string;
  readonly vaultInstance?: string | undefined;
  readonly postgresUrl: string;
  readonly postgresInstance?: string | undefined;
  readonly endpoints?: VerifierOptions['endpoints'] | undefined;
  readonly probe?: true | undefined;
  readonly auditLog?: { readonly device: string; readonly file: string } | undefined;
  readonly timeout?: string | undefined;
  readonly skew?: string | undefined;
}

/** Loads record and configuration from their texts, as the command line does, and runs the whole flow. */
export async function verifyAs(name: string, grant: GrantInput, access: Access): Promise<Verified> {
  const { connectors, kinds } = installed();
  const source = { file: 'grant.json', directory: import.meta.dirname };
  const { text, env } = recordOf(name, grant);
  const { grants } = loadGrants(text, source, kinds);
  refuse(await resolveRecordSecrets(grants, env));

  const configuration = await configured(access);
  const { baseline } = grant;
  const baselines = baseline === undefined ? {} : { baselines: new Map([[name, baseline]]) };
  return verify({ grants, configuration, connectors, ...baselines });
}

/** What stands in the database now, as `tombstone capture` writes it down. */
export async function captureAs(access: Access): Promise<Baseline> {
  const { systems, ...configuration } = await configured(access);
  const database = [...systems].filter(([name]) => name === 'billing-db');
  const { baseline, missed } = await capture({
    accounts: [],
    configuration: { ...configuration, systems: new Map(database) },
    connectors: installed().connectors,
  });
  if (missed.length > 0) throw new Error(missed.map(({ failure }) => failure.detail).join('; '));
  return baseline;
}

/** The configuration, with its secrets. */
async function configured(access: Access): Promise<Configuration> {
  const { connectors, ids } = installed();
  const limits = { requestsPerSecond: 5_000, concurrency: 16, timeout: access.timeout ?? 'PT10S' };
  const configuration = loadConfiguration(
    JSON.stringify({
      version: 1,
      // one machine, one clock; more would put the policies of a world that was just made into every window
      policy: { maxClockSkew: access.skew ?? 'PT1S', ...(access.probe ? { probe: 'on' } : {}) },
      systems: {
        'vault-prod': {
          connector: 'vault',
          address: access.vaultAddress,
          token: 'env:VAULT',
          limits,
          ...(access.auditLog === undefined ? {} : { auditLog: access.auditLog }),
          ...(access.vaultInstance === undefined ? {} : { instance: access.vaultInstance }),
        },
        'billing-db': {
          connector: 'postgres',
          url: 'env:POSTGRES',
          limits,
          ...(access.endpoints === undefined
            ? {}
            : {
                endpoints: access.endpoints.map(({ via, name }, index) => ({
                  via,
                  url: `env:POSTGRES_${index}`,
                  ...(name === undefined ? {} : { name }),
                })),
              }),
          ...(access.postgresInstance === undefined ? {} : { instance: access.postgresInstance }),
        },
      },
    }),
    { file: 'tombstone.yaml', directory: import.meta.dirname },
    { find: (id) => connectors.get(id), ids: () => ids },
  );
  refuse(
    await resolveSecrets(configuration.systems, {
      directory: import.meta.dirname,
      env: {
        VAULT: access.vaultToken,
        POSTGRES: access.postgresUrl,
        ...Object.fromEntries(
          (access.endpoints ?? []).map(({ port }, index) => {
            const url = new URL(access.postgresUrl);
            url.port = String(port);
            return [`POSTGRES_${index}`, url.href];
          }),
        ),
      },
    }),
  );
  return configuration;
}

function installed() {
  const connectors = builtIn();
  return { connectors, kinds: kindLookup(connectors), ids: connectors.all.map((one) => one.id) };
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new Error(problems.map((problem) => problem.message).join('; '));
}
