import type { Failure, HttpAnswer } from '../../src/connector.ts';
import { inconclusive, unlisted, z } from '../../src/connector.ts';

/** What an error answer says, its list wrapping taken off. */
interface Said {
  readonly texts: readonly string[];
  /** OpenBao wraps what its own code answers, and leaves plain what ends before: the two 403 differ by it. */
  readonly wrapped: boolean;
  /** The body is `{"errors":[…]}` and nothing else. */
  readonly bare: boolean;
}

const errorBody = z.object({
  errors: z.array(z.string()).optional(),
  data: z.looseObject({ error: z.string().optional() }).nullish(),
});
const bareBody = z.strictObject({ errors: z.array(z.string()) });
/** The envelope of a 200 with an error in its `data`, and nothing else in it. */
const saidInData = z.looseObject({
  data: z.strictObject({ error: z.string() }),
  errors: z.undefined().optional(),
  auth: z.null(),
  wrap_info: z.null(),
  warnings: z.null(),
});

/**
 * Reads `errors[]`, and `data.error` where some engines put their text. Go's multierror wraps texts as
 * `2 errors occurred:\n\t* one\n\t* two\n\n`; a comparison with the plain text would never match.
 */
function said({ json }: HttpAnswer): Said {
  const parsed = errorBody.safeParse(json);
  if (!parsed.success) return { texts: [], wrapped: false, bare: false };
  const { errors = [], data } = parsed.data;
  const raw = data?.error === undefined ? errors : [...errors, data.error];
  return {
    texts: raw.flatMap(unwrap),
    wrapped: raw.some((text) => wrapping.test(text)),
    bare: bareBody.safeParse(json).success,
  };
}

const wrapping = /^\d+ errors? occurred:\n/;

function unwrap(text: string): readonly string[] {
  if (!wrapping.test(text)) return [text];
  return text
    .replace(wrapping, '')
    .split('\n\t* ')
    .map((part) => part.replace(/^\t\* /, '').trim())
    .filter((part) => part !== '');
}

/** The vendor's word for "no such object" at one endpoint: this status with exactly this text. */
export interface Absence {
  readonly status: number;
  /** `''` for an empty list of errors. */
  readonly text: string;
  /** `plain` where a wrapped text of the same words means something else; `data` where it is `data.error`. */
  readonly form: 'plain' | 'either' | 'data';
}

export function isAbsence(answer: HttpAnswer, { status, text, form }: Absence): boolean {
  if (form === 'data') {
    const inData = saidInData.safeParse(answer.json);
    return answer.status === status && inData.success && inData.data.data.error === text;
  }
  const { texts, wrapped, bare } = said(answer);
  if (answer.status !== status || !bare || (form === 'plain' && wrapped)) return false;
  return text === '' ? texts.length === 0 : texts.length === 1 && texts[0] === text;
}

/**
 * Everything that is neither the object nor its absence. OpenBao answers a dead or unknown token, and
 * one whose entity is disabled, with the plain text `permission denied`; a living token without the
 * policy with the wrapped one. Vault since 1.17 adds `invalid token` for the dead one
 * (https://github.com/hashicorp/vault/pull/26687).
 */
export function refusal(answer: HttpAnswer, needs: string): Failure {
  const { texts, wrapped } = said(answer);
  const text = texts.join('; ');
  const { status } = answer;
  if (status === 403 && texts.includes('permission denied')) {
    if (texts.includes('invalid token')) {
      return inconclusive('R-AUTH', "the verifier's token is dead or unknown here: 403 invalid token");
    }
    if (texts.length === 1 && !wrapped) {
      return inconclusive(
        'R-AUTH',
        "the verifier's token is dead or unknown here, or its entity is disabled: 403 permission denied",
      );
    }
    if (texts.length === 1) {
      return inconclusive(
        'R-PERM',
        "no policy of the verifier's token allows this, or the path is not mounted: 403 permission denied",
        needs,
      );
    }
  }
  if (status === 404 && text === 'namespace not found') {
    return inconclusive('R-SCOPE', 'there is no such namespace: 404 namespace not found');
  }
  if (status === 404 && text.startsWith('no handler for route')) {
    return inconclusive('R-SCOPE', `nothing is mounted at this path: 404 ${text}`);
  }
  if (status === 500 && text === 'cannot lookup token in different namespace') {
    return inconclusive(
      'R-SCOPE',
      'the accessor belongs to another namespace: 500 cannot lookup token in different namespace',
    );
  }
  if (status === 503 && text === 'Vault is sealed') {
    return inconclusive('R-UNREACHABLE', 'the server is sealed: 503 Vault is sealed');
  }
  return unlisted(answer, text, needs);
}
