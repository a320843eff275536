import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Broken, largest, nextReply, Refusal, written } from './reply.ts';
import type { Reply } from './reply.ts';

const encoded = (reply: Reply): string => {
  if (reply === null) return '$-1\r\n';
  if (reply instanceof Refusal) return `-${reply.text}\r\n`;
  if (typeof reply === 'number') return `:${reply}\r\n`;
  if (typeof reply === 'string') return `$${Buffer.byteLength(reply)}\r\n${reply}\r\n`;
  return `*${reply.length}\r\n${reply.map(encoded).join('')}`;
};

const replies = fc.letrec<{ readonly one: Reply }>((tie) => ({
  one: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.string({ unit: 'grapheme' }),
    fc.integer(),
    fc.constant(null),
    fc.constant(new Refusal('NOPERM this user has no permissions')),
    fc.array(tie('one'), { maxLength: 4 }),
  ),
}));

test('what is whole is read, and no part of it is taken for the whole', () => {
  fc.assert(
    fc.property(replies.one, fc.string(), (reply, rest) => {
      const bytes = Buffer.from(encoded(reply));
      expect(nextReply(Buffer.concat([bytes, Buffer.from(rest)]))).toEqual({ reply, end: bytes.length });
      for (let length = 0; length < bytes.length; length += 1) {
        expect(nextReply(bytes.subarray(0, length))).toBeUndefined();
      }
    }),
  );
});

test.each([
  'HTTP/1.1 200 OK\r\n',
  '\u00ff\u00ff\r\n',
  ':1e3\r\n',
  ':\r\n',
  '$-2\r\n',
  `$${largest + 1}\r\n`,
  '*99999999999999999999\r\n',
  '$2\r\nabcd\r\n',
  '%1\r\n+a\r\n+b\r\n',
  `${'*1\r\n'.repeat(20)}:1\r\n`,
  `+${'a'.repeat(70_000)}`,
])('%j is no answer of a Redis server', (text) => {
  expect(() => nextReply(Buffer.from(text, 'latin1'))).toThrow(Broken);
});

test('a command is written by the length of its bytes', () => {
  expect(written(['AUTH', 'ü', 'a\r\nb'])).toBe('*3\r\n$4\r\nAUTH\r\n$2\r\nü\r\n$4\r\na\r\nb\r\n');
});
