import fc from 'fast-check';
import { expect, test } from 'vitest';
import { complete, dataRow, description, errorMessage, message, ready } from './fake/protocol.ts';
import { BadFrame, nextFrame } from './frames.ts';

const whole: readonly Buffer[] = [
  message('R', 0),
  message('R', 10, 'SCRAM-SHA-256', Buffer.from([0])),
  message('S', 'server_version', '18.4'),
  message('K', 1, 2),
  ready(),
  message('1'),
  message('2'),
  message('n'),
  description(['a', 'b']),
  dataRow(['a', 'b'], { a: 'x', b: null }),
  complete('SELECT 1'),
  errorMessage({ code: '42501', message: 'permission denied', routine: 'aclcheck_error' }),
];

test('every whole message passes, and waits while a byte of it is missing', () => {
  for (const frame of whole) {
    expect(nextFrame(Buffer.concat([frame, ready()]))).toEqual(frame);
    for (let length = 0; length < frame.length; length += 1)
      expect(nextFrame(frame.subarray(0, length))).toBeUndefined();
  }
});

test('a message whose inside does not fit its length is refused', () => {
  const broken = [
    message('E', Buffer.from('SERROR')),
    message('E', Buffer.from('SERROR\0')),
    message('S', Buffer.from('only one\0')),
    message('D', Buffer.from([0, 1, 0, 0, 0, 9, 1])),
    message('D', Buffer.from([0, 1])),
    message('T', Buffer.from([0, 1, 65])),
    message('K', 1),
    message('Z', Buffer.from('X')),
    message('R', 3, 1),
    message('R', 99),
    message('A', 1, 'channel', 'payload'),
    message('G', Buffer.from([0, 0, 0])),
    Buffer.from([0x44, 0, 0, 0, 3]),
  ];
  for (const frame of broken) expect(() => nextFrame(frame)).toThrow(BadFrame);
});

test('of any bytes at all: a message, a wait or a refusal', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc
      .tuple(fc.constantFrom(...'RKSENZTDCIn123'.split('')), fc.uint8Array({ maxLength: 40 }))
      .map(([code, body]) => {
        return message(code, Buffer.from(body));
      }),
  );
  // anything else that is thrown fails the property
  const cut = (input: Buffer) => {
    try {
      return nextFrame(input) ?? 'wait';
    } catch (error) {
      if (error instanceof BadFrame) return 'refused';
      throw error;
    }
  };
  fc.assert(
    fc.property(bytes, (given) => {
      const input = Buffer.from(given);
      const frame = cut(input);
      expect(Buffer.isBuffer(frame) ? input.subarray(0, frame.length) : frame).toEqual(frame);
    }),
    { numRuns: 5_000 },
  );
});
