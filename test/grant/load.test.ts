import { describe, expect, test } from 'vitest';
import { loadGrants } from '../../src/grant/load.ts';
import { readYaml } from '../../src/grant/yaml-text.ts';
import { Secret } from '../../src/model/secret.ts';
import { asJson, changed, good, line, lookup, nothingInstalled, source } from './build.ts';

const page = `
apiVersion: tombstone/v1
kind: AccessGrant
metadata:
  id: jit-2041                          # unique in the set; [A-Za-z0-9._:-]{1,128}
  labels: { team: billing }
subject:
  kind: agent                           # agent | workload | human
  id: spiffe://acme.example/agent/deploy-bot     # RFC 9493 uri, email, or opaque id
  name: deploy-bot/run-7f3a
  onBehalfOf: { kind: human, id: m.ortiz@acme.example }
  accounts:                             # who the subject is in each system, by immutable id
    - { system: vault-prod, id: 6f1c…, name: deploy-bot }          # entity id
    - { system: github-acme, id: "583231", name: acme-deploy-bot }
intent: { reason: rotate billing DB replica, ticket: CHG-5512, task: run-7f3a }
approvals:
  - { by: j.chen@acme.example, at: 2026-11-22T08:12:40Z, decision: approved, policy: two-person }
validity: { from: 2026-11-22T08:14:00Z, until: 2026-11-22T09:14:00Z }      # or from + ttl: PT60M
revocation: { at: 2026-11-22T09:02:11Z, by: jit-broker, reason: task complete }
systems:                                # every system this grant touched
  - { system: vault-prod }
  - { system: billing-db, revocationSource: vault-prod }    # whose "revoke" is meant to reach it
  - { system: github-acme, required: false }
credentials:
  - id: c1
    kind: vault/lease                   # <connector>/<noun>
    system: vault-prod
    ref: { leaseId: database/creds/ro/9Fk… }        # the locator: never a secret
    issuedAt: 2026-11-22T08:14:03Z
    expiresAt: 2026-11-22T09:14:03Z     # the issuer's answer, not the request
  - id: c2
    kind: postgres/role
    system: billing-db
    ref: { name: v-approle-ro-9Fk…, oid: 16389 }
    derivedFrom: c1
    secret: file:./secrets/c2.password  # a reference; see policy.secrets
entitlements:
  - id: e1
    kind: github/team-membership
    system: github-acme
    ref: { org: acme, orgId: 9919, team: payments-ops, teamId: 55, userId: 583231 }
    before: none                        # what stood before the grant; returning to it is success
placements:                             # where a credential was knowingly put
  - { credential: c2, kind: github/actions-secret, system: github-acme, ref: { repoId: 1296269, scope: env:prod, name: REPLICA_DSN } }
baseline: { capturedAt: 2026-11-22T08:13:30Z, file: ./baselines/jit-2041.json, sha256: 9c1e… }
x-anything: is kept and ignored
`;

describe('the record of the documentation', () => {
  test('loads whole, without any connector', () => {
    const { grants, warnings } = loadGrants(page, source, nothingInstalled);
    expect(grants).toHaveLength(1);
    const [grant] = grants;
    expect(grant).toMatchObject({
      apiVersion: 'tombstone/v1',
      metadata: { id: 'jit-2041', labels: { team: 'billing' } },
      subject: { id: 'spiffe://acme.example/agent/deploy-bot', onBehalfOf: { id: 'm.ortiz@acme.example' } },
      validity: { from: '2026-11-22T08:14:00Z', until: '2026-11-22T09:14:00Z' },
      systems: [
        { system: 'vault-prod', required: true },
        { system: 'billing-db', revocationSource: 'vault-prod', required: true },
        { system: 'github-acme', required: false },
      ],
      credentials: [
        { id: 'c1', ref: { leaseId: 'database/creds/ro/9Fk…' }, expiresAt: '2026-11-22T09:14:03Z' },
        { id: 'c2', ref: { name: 'v-approle-ro-9Fk…', oid: 16389 }, derivedFrom: 'c1' },
      ],
      entitlements: [{ id: 'e1', before: 'none', ref: { userId: 583231 } }],
      placements: [{ credential: 'c2', ref: { scope: 'env:prod' } }],
      baseline: { file: './baselines/jit-2041.json' },
      source: { file: 'grant.yaml', directory: '/records', idAt: { line: 5, column: 7 } },
    });
    expect(grant?.credentials[1]?.secret).toEqual(new Secret('file:./secrets/c2.password'));
    expect(grant).not.toHaveProperty('x-anything');
    expect(warnings.map(line)).toEqual([
      '26:11 credentials[0].kind: the connector "vault" is not installed: this will be unproven (R-SCOPE)',
      '32:11 credentials[1].kind: the connector "postgres" is not installed: this will be unproven (R-SCOPE)',
      '39:11 entitlements[0].kind: the connector "github" is not installed: this will be unproven (R-SCOPE)',
      '44:29 placements[0].kind: the connector "github" is not installed: this will be unproven (R-SCOPE)',
      '45:88 baseline.sha256: this is not a whole SHA-256 (64 hex digits): the baseline will not count',
    ]);
  });
});

describe('what is read', () => {
  test('a small record, with what it leaves out', () => {
    const [grant] = loadGrants(good, source, lookup).grants;
    expect(grant).toMatchObject({ approvals: [], entitlements: [], placements: [] });
    expect(grant).not.toHaveProperty('intent');
    expect(grant).not.toHaveProperty('baseline');
  });

  test('without a revocation it loads: verify says that the grant runs', () => {
    const text = changed(['revocation:\n  at: 2026-11-22T09:02:11Z\n', '']);
    expect(loadGrants(text, source, lookup).grants[0]).not.toHaveProperty('revocation');
  });

  test('a ttl becomes the instant of its end', () => {
    const text = changed(['until: 2026-11-22T09:14:00Z', 'ttl: PT90M']);
    expect(loadGrants(text, source, lookup).grants[0]?.validity).toEqual({
      from: '2026-11-22T08:14:00Z',
      until: '2026-11-22T09:44:00.000Z',
    });
  });

  test('several documents, with and without end marks', () => {
    const second = good.replace('jit-1', 'jit-2');
    const { grants } = loadGrants(`---\n${good}...\n---\n${second}`, source, lookup);
    expect(grants.map(({ metadata }) => metadata.id)).toEqual(['jit-1', 'jit-2']);
    expect(grants.map(({ source }) => source.idAt?.line)).toEqual([5, 37]);
  });

  test('JSON, JSON Lines and YAML give the same record', () => {
    const [fromYaml] = loadGrants(good, source, lookup).grants;
    const plain = { ...asJson(good) };
    const compact = JSON.stringify(plain);
    const texts = [
      ['a.json', JSON.stringify(plain, null, 2)],
      ['a.json', `\uFEFF${compact}\n`],
      ['a.jsonl', `${compact}\n`],
      ['-', compact],
    ] as const;
    for (const [file, text] of texts) {
      const [grant] = loadGrants(text, { ...source, file }, lookup).grants;
      expect({ ...grant, source: null }).toEqual({ ...fromYaml, source: null });
    }
  });

  test('JSON Lines are known by their second line, blank lines are nothing', () => {
    const one = JSON.stringify(asJson(good));
    const two = one.replace('jit-1', 'jit-2');
    const { grants } = loadGrants(`${one}\r\n\r\n${two}\n`, { ...source, file: '-' }, lookup);
    expect(grants.map(({ metadata }) => metadata.id)).toEqual(['jit-1', 'jit-2']);
    expect(grants.map(({ source }) => source.idAt?.line)).toEqual([1, 3]);
  });

  test('flow YAML that looks like JSON', () => {
    const text = JSON.stringify(asJson(good)).replaceAll('"', "'");
    expect(loadGrants(text, source, lookup).grants).toHaveLength(1);
  });

  test('aliases stand for what they name', () => {
    const text = changed(
      ['  - { system: v }', '  - &v { system: v }'],
      ['{ system: v, id: "7" }', '{ system: v, id: &id "7", name: *id }'],
    );
    expect(loadGrants(text, source, lookup).grants[0]?.subject.accounts[0]).toEqual({
      system: 'v',
      id: '7',
      name: '7',
    });
  });

  test('an alias keeps its meaning where its anchor is taken again', () => {
    const [reading] = readYaml('- &n one\n- &m [*n]\n- &n two\n- *m\n- *n\n');
    expect(reading?.tree?.value).toEqual(['one', ['one'], 'two', ['one'], 'two']);
  });

  test('x- keys are free at every level of the record, labels keep theirs', () => {
    const text = changed(
      ['  kind: agent', '  kind: agent\n  x-note: { deep: [1e3, 0x1F] }'],
      ['{ leaseId', '{ x-hint: 1, leaseId'],
      ['{ team: billing }', '{ x-team: billing }'],
    );
    const [grant] = loadGrants(text, source, lookup).grants;
    expect(grant?.metadata.labels).toEqual({ 'x-team': 'billing' });
    expect(grant?.credentials[0]?.ref).toEqual({ leaseId: 'database/creds/ro/1' });
  });

  test('dates and switches of YAML 1.1 are plain texts', () => {
    const text = changed(['{ team: billing }', '{ a: yes, b: off, c: 2026-11-22, d: 1:30 }']);
    expect(loadGrants(text, source, lookup).grants[0]?.metadata.labels).toEqual({
      a: 'yes',
      b: 'off',
      c: '2026-11-22',
      d: '1:30',
    });
  });
});
