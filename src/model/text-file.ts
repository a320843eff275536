/** A file that the configuration names (`caFile`), relative to the configuration. Filled before a connector sees it. */
export class TextFile {
  readonly path: string;
  #text: string | undefined;

  constructor(path: string) {
    this.path = path;
  }

  fill(text: string): void {
    this.#text = text;
  }

  get text(): string {
    if (this.#text === undefined) throw new Error(`the file ${this.path} was not read`);
    return this.#text;
  }
}
