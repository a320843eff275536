import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRedactor } from '../../src/door/redact.ts';

const secret = 'p#Q/x" &+=\\%<é>9';
const bytes = Buffer.from(secret);

function redactor(...secrets: string[]) {
  const made = createRedactor();
  for (const one of secrets) made.add(one);
  return made;
}

test.each<readonly [string, string]>([
  ['plain', secret],
  ['JSON', JSON.stringify(secret).slice(1, -1)],
  ['JSON in JSON', JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
  [
    'JSON as Go writes it',
    JSON.stringify(secret)
      .slice(1, -1)
      .replace('<', '\\u003c')
      .replace('>', '\\u003e')
      .replace('&', '\\u0026'),
  ],
  ['JSON as PHP writes it', JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/')],
  ['percent', encodeURIComponent(secret)],
  ['percent, small letters', encodeURIComponent(secret).replace(/%../g, (hex) => hex.toLowerCase())],
  ['form', new URLSearchParams({ a: secret }).toString().slice(2)],
  ['every byte percent', [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')],
  ['base64', bytes.toString('base64')],
  ['base64url', bytes.toString('base64url')],
  ['hex', bytes.toString('hex')],
  ['HEX', bytes.toString('hex').toUpperCase()],
  ['HTML', 'p#Q/x&quot; &amp;+=\\%&lt;é&gt;9'],
])('takes out the secret as %s', (_, form) => {
  expect(redactor(secret).clean(`before ${form} after`)).toBe('before [redacted] after');
});

test.each([0, 1, 2, 3, 4])('takes out the secret inside a longer base64 run, after %i bytes', (before) => {
  const run = Buffer.from(`${'u'.repeat(before)}:${secret}:more`);
  for (const alphabet of ['base64', 'base64url'] as const) {
    const clean = redactor(secret).clean(run.toString(alphabet));
    expect(clean).toContain('[redacted]');
    // at each end at most one character mixes the secret with its neighbours
    expect(clean.replace('[redacted]', '').length).toBeLessThan(before * 2 + 14);
  }
});

test('overlapping and nested secrets leave no tail', () => {
  const made = redactor('abcdef', 'defghi', 'abcdefghijkl', 'aaaa');
  expect(made.clean('1 abcdefghi 2')).toBe('1 [redacted] 2');
  expect(made.clean('1 abcdefghijkl 2')).toBe('1 [redacted] 2');
  expect(made.clean('1 aaaaaaa 2')).toBe('1 [redacted] 2');
});

test('a very short secret goes where it stands alone, and the rest stays readable', () => {
  const made = redactor('s', 'abc', '');
  expect(made.clean('pin: abc, s, "s" and sessions of abcd')).toBe(
    'pin: [redacted], [redacted], "[redacted]" and sessions of abcd',
  );
});

test('single lines of a key file go too', () => {
  const key =
    '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\nAgEGCCqGSM49AwEHBG0w\n-----END PRIVATE KEY-----\n';
  const clean = redactor(key).clean('bad line MIGHAgEAMBMGByqGSM49 after -----BEGIN PRIVATE KEY-----');
  expect(clean).toBe('bad line [redacted] after -----BEGIN PRIVATE KEY-----');
});

test('a text without a secret stays as it is', () => {
  expect(redactor().clean('anything')).toBe('anything');
  expect(redactor(secret).clean('anything [redacted]')).toBe('anything [redacted]');
});

test('no form of any secret survives anywhere in any text', () => {
  const secrets = fc.array(fc.string({ minLength: 4, maxLength: 40, unit: 'binary' }), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(secrets, fc.array(fc.string()), fc.nat(), (values, around, pick) => {
      const made = redactor(...values);
      const one = values[pick % values.length] ?? '';
      const forms = [
        one,
        encodeURIComponent(one),
        JSON.stringify(one).slice(1, -1),
        Buffer.from(one).toString('base64'),
        Buffer.from(one).toString('hex'),
      ];
      for (const form of forms) {
        const clean = made.clean([...around, form, ...around].join(' '));
        // what stood around, and the mark itself, may look like a tiny secret
        const elsewhere = around.join(' ').includes(form) || '[redacted]'.includes(form);
        expect(elsewhere || !clean.split('[redacted]').join('\u0000').includes(form)).toBe(true);
        expect(clean).toContain('[redacted]');
      }
    }),
  );
});
