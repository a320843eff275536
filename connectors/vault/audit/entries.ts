import type { Failure } from '../../../src/connector.ts';
import { failed, inconclusive, z } from '../../../src/connector.ts';

const text = z.string().optional();
/** Who a token is, hashed by the device; a batch token has no accessor. */
const holder = z.looseObject({ accessor: text, client_token: text });
const made = holder.extend({
  entity_id: text,
  metadata: z.record(z.string(), z.string()).nullish(),
  token_type: text,
  token_ttl: z.number().optional(),
});
const asked = z.looseObject({
  /** Hashed; of a request that takes another token apart. */
  token: z.unknown().optional(),
  secret_id: z.unknown().optional(),
  no_parent: z.unknown().optional(),
});

/**
 * One line of an audit device, in JSON. Only what a verdict goes by: whatever else stands in it, in
 * plain text where the device is set so, is dropped at once.
 * https://openbao.org/docs/audit/
 */
const line = z.object({
  time: z.iso.datetime({ offset: true }),
  type: z.string(),
  auth: holder.extend({ entity_id: text }).nullish(),
  request: z.object({
    /** None where the server asked itself. */
    id: text,
    operation: text,
    path: z.string(),
    client_token: text,
    client_token_accessor: text,
    namespace: z.looseObject({ path: text }).nullish(),
    data: z.unknown().optional(),
  }),
  response: z
    .object({
      auth: made.nullish(),
      secret: z.looseObject({ lease_id: text }).nullish(),
      wrap_info: z.looseObject({ accessor: text, token: text, wrapped_accessor: text }).nullish(),
      data: z
        .looseObject({ secret_id: z.unknown().optional(), secret_id_accessor: z.unknown().optional() })
        .nullish(),
    })
    .nullish(),
  error: text,
});
type Line = z.infer<typeof line>;

/** A request that was answered, as the log has it. */
export interface Entry extends Omit<Line, 'request' | 'auth'> {
  readonly auth: NonNullable<Line['auth']>;
  readonly request: Omit<Line['request'], 'data'> & { readonly data: z.infer<typeof asked> };
}

/**
 * @param number of the line, from 1
 * @returns undefined for what is no answer: a request, which is logged before its answer
 */
export function entryOf(text: string, number: number): Entry | { readonly at: string } | Failure {
  const strange = (why: string): Failure =>
    inconclusive(
      'R-ANSWER',
      `line ${number} of the audit log ${why}`,
      'a file device of the format json, without a prefix',
    );
  const json = parsed(text);
  if (json === undefined) {
    return strange(text.startsWith('<') ? 'is XML (format = "jsonx")' : 'is not JSON, or cut off');
  }
  const entry = line.safeParse(json);
  if (!entry.success) return strange('is no entry of an audit device');
  const { auth, request, ...rest } = entry.data;
  if (rest.type === 'request') return { at: rest.time };
  if (rest.type !== 'response') return strange(`is of the type ${JSON.stringify(rest.type.slice(0, 40))}`);
  const data = asked.safeParse(request.data);
  return { ...rest, auth: auth ?? {}, request: { ...request, data: data.success ? data.data : {} } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export const isAnswer = (entry: ReturnType<typeof entryOf>): entry is Entry =>
  !failed(entry) && 'request' in entry;
