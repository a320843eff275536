import * as z from 'zod';
import { duration, durationFlaw, name, ruled, text } from '../grant/values.ts';
import { durationMs } from '../model/time.ts';

/** The strict schema of `tombstone.yaml`, without what each connector says about its systems. */
export function configurationShape() {
  return z.strictObject({
    version: z.literal(1),
    systems: z.record(name(), z.unknown()).refine((systems) => Object.keys(systems).length > 0, {
      message: 'at least one system belongs here',
    }),
    policy: policyShape().prefault({}),
    connectors: z
      .array(
        z
          .string()
          .regex(
            /^(?:@[a-z0-9][a-z0-9._-]*\/)?tombstone-connector-[a-z0-9][a-z0-9-]*$/,
            'the name of a package belongs here, like tombstone-connector-acme',
          ),
      )
      .default([]),
  });
}

function policyShape() {
  return z
    .strictObject({
      failOn: z.enum(['unproven', 'live', 'never']).default('unproven'),
      allowDormant: z.boolean().default(false),
      maxEvidenceAge: z._default(someTime(), 'PT15M'),
      secrets: z.enum(['never', 'issuer', 'everywhere']).default('issuer'),
      probe: z.enum(['on', 'off']).default('off'),
      assumedRights: z.enum(['accept', 'refuse']).default('accept'),
      maxClockSkew: z._default(duration(), 'PT2M'),
    })
    .refine(({ secrets, probe }) => !(secrets === 'never' && probe === 'on'), {
      path: ['probe'],
      message: 'probe: on presents secrets everywhere, and secrets: never forbids it: choose one',
    });
}

/** The fields that every system has. */
export function systemShape() {
  return z.strictObject({
    connector: text(),
    instance: z.exactOptional(text()),
    limits: z
      .strictObject({
        requestsPerSecond: z
          .number()
          .positive('more than 0 requests a second belong here')
          .max(10_000, 'at most 10000 requests a second')
          .exactOptional(),
        concurrency: z
          .int()
          .min(1, 'at least one request at a time')
          .max(256, 'at most 256 requests at a time')
          .exactOptional(),
        timeout: z.exactOptional(ruled(timeoutFlaw)),
      })
      .exactOptional(),
  });
}

function someTime() {
  return ruled(
    (value) =>
      durationFlaw(value) ??
      (durationMs(value) === 0 ? { message: 'a time longer than nothing belongs here' } : undefined),
  );
}

function timeoutFlaw(value: string) {
  const flaw = durationFlaw(value);
  const ms = durationMs(value) ?? 0;
  if (flaw !== undefined || (ms >= 1 && ms <= 3_600_000)) return flaw;
  return { message: 'a timeout is longer than nothing and at most an hour', hint: 'The default is PT10S.' };
}
