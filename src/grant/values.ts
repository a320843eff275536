import * as z from 'zod/mini';
import { durationMs, instantMs } from '../model/time.ts';

/** What is wrong with an instant, and how it would be right; undefined where nothing is. */
export function instantFlaw(text: string): { message: string; hint?: string } | undefined {
  if (instantMs(text) !== undefined) return undefined;
  const wanted = 'an instant belongs here: RFC 3339 with a zone, like 2026-11-22T08:14:00Z';
  const whole = `${text}T00:00:00Z`;
  if (instantMs(whole) !== undefined) {
    return {
      message: 'this is a date alone: the instant is missing',
      hint: `If the vendor means midnight UTC, write ${whole}.`,
    };
  }
  const zoned = `${text.replace(' ', 'T')}Z`;
  if (instantMs(zoned) !== undefined) {
    return { message: 'this instant has no zone', hint: `If it is UTC, write ${zoned}.` };
  }
  const spaced = text.replace(/^(.{10}) (\S+) ?(\S*)$/, '$1T$2$3');
  if (instantMs(spaced) !== undefined) return { message: wanted, hint: `Write ${spaced}.` };
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/i.test(text)) {
    return { message: 'there is no such instant: check the day, the time and the zone' };
  }
  return { message: wanted };
}

/** What is wrong with a duration, and how it would be right; undefined where nothing is. */
export function durationFlaw(text: string): { message: string; hint?: string } | undefined {
  const ms = durationMs(text);
  if (ms !== undefined && ms <= 100 * 366 * 86_400_000) return undefined;
  if (ms !== undefined) return { message: 'this duration is longer than a hundred years' };
  const message = 'a duration belongs here: ISO 8601 in weeks, days, hours, minutes and seconds, like PT15M';
  const short = /^(\d{1,9})\s*(s|m|h|d|w)[a-z]{0,6}$/i.exec(text);
  if (short) {
    const unit = (short[2] ?? '').toUpperCase();
    return { message, hint: `Write ${unit === 'D' || unit === 'W' ? 'P' : 'PT'}${short[1]}${unit}.` };
  }
  if (/^P\d+[YM]/.test(text)) return { message, hint: 'Months and years have no fixed length: write days.' };
  return { message };
}

/** A text with a rule of its own, whose message knows the value. */
export function ruled(flawOf: (text: string) => { message: string; hint?: string } | undefined) {
  const rule = z.superRefine<string>((text, context) => {
    const flaw = flawOf(text);
    if (flaw === undefined) return;
    context.addIssue({
      code: 'custom',
      message: flaw.message,
      ...(flaw.hint === undefined ? {} : { params: { hint: flaw.hint } }),
    });
  });
  return z.string().check(rule);
}

export function instant() {
  return ruled(instantFlaw).check(z.meta({ format: 'date-time' }));
}

export function duration() {
  return ruled(durationFlaw).check(z.meta({ format: 'duration' }));
}

/** Names of systems, ids of grants, credentials and entitlements. */
export function name() {
  return z
    .string()
    .check(z.regex(/^[A-Za-z0-9._:-]{1,128}$/, 'a name has 1 to 128 letters, digits and . _ : - only'));
}

export function text() {
  return z.string().check(z.minLength(1, 'this must not be empty'));
}
