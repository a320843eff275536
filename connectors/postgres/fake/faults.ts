/** How the server misbehaves. */
export type Fault =
  /** Nobody listens. */
  | { readonly kind: 'refuse' }
  /** Half of the answer, then a reset. */
  | { readonly kind: 'reset' }
  /** Half of the answer, then an orderly end. */
  | { readonly kind: 'cut' }
  /** No answer, ever. */
  | { readonly kind: 'hang' }
  /** These bytes in place of the answer. */
  | { readonly kind: 'garbage'; readonly bytes: Buffer }
  /** The answer to the statement before. */
  | { readonly kind: 'stale' }
  /** A whole, well-formed result that lacks its row. */
  | { readonly kind: 'no-row' }
  /** An error by its SQLSTATE. */
  | { readonly kind: 'error'; readonly code: string; readonly message?: string };

/** When it does. */
export interface FaultTime {
  /** `statement` unless said. */
  readonly at?: 'login' | 'statement';
  /** How many such steps go well before. */
  readonly after?: number;
  /** How often; for ever unless said. */
  readonly times?: number;
}
