import { styleText } from 'node:util';
import type { VerdictWord } from '../model/report.ts';
import type { Look } from './look.ts';

/** Colours a verdict's word. The word itself always stands there: no colour carries meaning alone. */
export function paint(text: string, verdict: VerdictWord, look: Pick<Look, 'color'>): string {
  if (!look.color) return text;
  const colors = { live: 'red', unproven: 'yellow', dormant: 'magenta', gone: 'green' } as const;
  return styleText(['bold', colors[verdict]], text, { validateStream: false });
}
