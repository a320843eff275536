import { createServer } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FakeAws } from './aws.fake.ts';
import { startAws } from './aws.fake.ts';
import { asking } from './asking.fixture.ts';

let server: FakeAws;
let directory: string;
beforeEach(async () => {
  server = await startAws();
  directory = mkdtempSync(join(tmpdir(), 'tombstone-aws-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  rmSync(directory, { recursive: true, force: true });
  await server.stop();
});

test('nothing of the environment, of profile files or of the machine moves or feeds a request', async () => {
  let dialled = 0;
  const elsewhere = createServer((socket) => {
    dialled += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  const bound = elsewhere.address();
  const there = `http://127.0.0.1:${bound !== null && typeof bound === 'object' ? bound.port : 0}`;
  const config = join(directory, 'config');
  const credentials = join(directory, 'credentials');
  writeFileSync(
    config,
    `[profile other]\nregion = eu-west-3\nendpoint_url = ${there}\nuse_fips_endpoint = true\n`,
  );
  writeFileSync(credentials, '[other]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = other\n');
  const poison = {
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: credentials,
    AWS_PROFILE: 'other',
    AWS_REGION: 'eu-west-3',
    AWS_ACCESS_KEY_ID: 'AKIAOTHER',
    AWS_SECRET_ACCESS_KEY: 'other',
    AWS_SESSION_TOKEN: 'other',
    AWS_ENDPOINT_URL: there,
    AWS_ENDPOINT_URL_STS: there,
    AWS_ENDPOINT_URL_IAM: there,
    AWS_USE_FIPS_ENDPOINT: 'true',
    AWS_USE_DUALSTACK_ENDPOINT: 'true',
    AWS_MAX_ATTEMPTS: '7',
    AWS_EC2_METADATA_SERVICE_ENDPOINT: there,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: there,
    HTTPS_PROXY: there,
    HTTP_PROXY: there,
  };
  for (const [name, value] of Object.entries(poison)) vi.stubEnv(name, value);
  const read = vi.spyOn(fs, 'readFile');
  syncBuiltinESMExports();
  server.world.switches.throttleEvery = 3;
  await using asked = asking(server, server.root);
  expect(await asked.identify()).toMatchObject({ instance: '111111111111' });
  expect(await asked.identify()).toMatchObject({ reason: 'R-RATE' });
  expect(server.log.map(({ region }) => region)).toEqual(['us-east-1', 'us-east-1', 'us-east-1']);
  const opened = read.mock.calls.map(([path]) => (typeof path === 'string' ? path : 'no path'));
  expect(opened.filter((path) => path.startsWith(directory))).toEqual([]);
  expect(dialled).toBe(0);
  await new Promise((done) => elsewhere.close(done));
});
