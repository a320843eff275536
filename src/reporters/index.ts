import type { Dossier } from '../model/dossier.ts';
import type { Report } from '../model/report.ts';
import { json } from './json.ts';
import type { Look } from './look.ts';
import { plain } from './plain.ts';
import { shownJson } from './shown.ts';
import { text } from './text.ts';

/** A sealed run: what was gathered and what was judged of it. */
export interface Sealed {
  readonly report: Report;
  readonly dossier: Dossier;
}

export type Reporter = (run: Sealed, look: Look) => string;

/** Format by name. A reporter is a function of the sealed run: no clock, no stream, no state. */
export const reporters = {
  text: ({ report }, look) => text(report, look),
  plain: ({ report }) => plain(report),
  json: ({ report }, look) => json(report, look),
  evidence: ({ dossier }) => `${shownJson(dossier)}\n`,
} as const satisfies { readonly [format: string]: Reporter };

export type Format = keyof typeof reporters;

export const formats: readonly Format[] = ['text', 'json', 'plain', 'evidence'];
