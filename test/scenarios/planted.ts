/** Names of fields that carry a secret in the calls and answers of OpenBao. */
const secretFields = new Set(['client_token', 'password', 'token', 'secret_id', 'connection_url']);

/** Every secret of a world, for the search through all that is written. */
export class Planted {
  readonly #values = new Set<string>();

  add(value: string): string {
    if (value.length < 8) throw new Error('too short to be searched for: it would be found anywhere');
    this.#values.add(value);
    return value;
  }

  /** Takes the secrets out of a request's or an answer's body. */
  harvest(body: unknown): void {
    if (Array.isArray(body)) return body.forEach((one) => this.harvest(one));
    if (typeof body !== 'object' || body === null) return;
    for (const [name, value] of Object.entries(body)) {
      // a template is no secret
      if (typeof value === 'string' && secretFields.has(name) && value.length >= 8 && !value.includes('{{')) {
        this.add(value);
      } else this.harvest(value);
    }
  }

  get size(): number {
    return this.#values.size;
  }

  /** How many planted secrets stand in the text, as they are or in a common disguise. */
  foundIn(text: string): number {
    return [...this.#values].filter((value) => disguises(value).some((one) => text.includes(one))).length;
  }
}

function disguises(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8');
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ];
}
