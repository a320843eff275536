import { describe, expect, test } from 'vitest';
import { checkHosts } from '../../src/config/hosts.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { Secret } from '../../src/model/secret.ts';
import { line } from '../grant/build.ts';
import { changed, connectors, source } from './build.ts';

describe('plain http', () => {
  const check = (address: string, more = '') =>
    checkHosts(
      loadConfiguration(
        changed(['address: https://one.example:8200', `address: ${address}${more}`]),
        source,
        connectors,
      ),
      connectors,
    ).map(line);
  const refused = (host: string) =>
    `3:3 systems.one: plain http to ${host} is refused: anybody on the way could read the token and write the answer | Use https:, or write allowInsecure: true on this system; every report will say so.`;

  test.for([
    'https://one.example',
    'http://127.0.0.1:8200',
    'http://127.8.9.1',
    'http://localhost:8200',
    'http://[::1]:8200',
  ])('%s may be asked', (address) => {
    expect(check(address)).toEqual([]);
  });

  test.for([
    ['http://one.example', 'one.example'],
    ['http://localhost.one.example', 'localhost.one.example'],
    ['http://10.0.0.1', '10.0.0.1'],
    ['http://0.0.0.0', '0.0.0.0'],
    ['http://[::2]', '[::2]'],
  ] as const)('%s may not', ([address, host]) => {
    expect(check(address)).toEqual([refused(host)]);
  });

  test('unless the system says so', () => {
    expect(check('http://one.example', '\n    allowInsecure: true')).toEqual([]);
  });

  test('every point is looked at', () => {
    const text = changed(['https://two.example', 'http://127.0.0.1']);
    expect(checkHosts(loadConfiguration(text, source, connectors), connectors).map(line)).toEqual([
      '11:3 systems.two: plain http to pooler.example is refused: anybody on the way could read the token and write the answer (point pooler) | Use https:, or write allowInsecure: true on this system; every report will say so.',
    ]);
  });

  test('a configuration that names no host, in the words of the connector but without what looks like a secret', () => {
    expect(check('https://broken.example')).toEqual(['3:3 systems.one: no host in https://broken.example']);
    const configuration = loadConfiguration(
      changed(['https://one.example:8200', 'https://leaky.example']),
      source,
      connectors,
    );
    const config = configuration.systems.get('one')?.config;
    if (
      typeof config !== 'object' ||
      config === null ||
      !('token' in config) ||
      !(config.token instanceof Secret)
    )
      throw new Error('no token');
    config.token.fill('tr0ub4dor');
    expect(checkHosts(configuration, connectors).map(line)).toEqual([
      '3:3 systems.one: the address of this system cannot be read',
    ]);
  });
});
