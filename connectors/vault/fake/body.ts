/** What a request says. */
export type Body = Readonly<Record<string, unknown>>;

export function textAt(body: Body, field: string): string {
  const value = body[field];
  return typeof value === 'string' ? value : '';
}
