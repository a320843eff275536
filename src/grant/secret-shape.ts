/**
 * Formats in which a value is a secret by its looks alone. Ids must pass: lease ids, accessors, access
 * key ids, fingerprints and generated user names have no place here. Every pattern is anchored on the
 * left and bounded, so that scanning stays linear in the length of the text.
 *
 * Sources: developer.hashicorp.com/vault/docs/concepts/tokens (hvs., hvb., hvr., s., b., r.);
 * docs.github.com/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
 * (ghp_, gho_, ghu_, ghs_, ghr_, github_pat_); docs.gitlab.com/security/tokens (glpat- and others);
 * api.slack.com/concepts/token-types (xox…); RFC 7468 (PEM); RFC 7519 (JWT); RFC 3986 §3.2.1 (URL with
 * a password).
 */
const shapes: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['a private key', /-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----/],
  ['a private key', /PuTTY-User-Key-File-\d|AGE-SECRET-KEY-1[A-Z0-9]{10}/],
  ['a Vault token', /(?<![\w.-])hv[sbr]\.(?=[\w-]{0,40}[A-Z0-9])[\w-]{12}/],
  ['a Vault token', /(?<![\w./-])[sr]\.(?=[a-z0-9]{0,23}[A-Z])[A-Za-z0-9]{24}(?![A-Za-z0-9])/],
  ['a Vault token', /(?<![\w./-])b\.(?=[a-z0-9_-]{0,40}[A-Z])[\w-]{60}/],
  ['a GitHub token', /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{16}|github_pat_[A-Za-z0-9_]{16})/],
  ['a GitLab token', /(?<![\w-])gl(?:pat|dt|rt|ptt|soat|cbt|oas|ft|imt|agent)-[\w-]{16}/],
  [
    'an AWS access key with its secret',
    /(?:AKIA|ASIA)[A-Z0-9]{16}[^A-Za-z0-9][\s\S]{0,64}?(?<![\w/+])[A-Za-z0-9/+]{40}(?![\w/+])/,
  ],
  ['a JSON Web Token', /(?<![\w-])eyJ[\w-]{8,4096}\.[\w-]{8,8192}\.[\w-]{8}/],
  ['a JSON Web Token', /(?<![\w-])eyJ[\w-]{8,4096}\.[\w-]{0,4096}\.[\w-]{8,4096}\.[\w-]{8}/],
  ['a Slack token', /(?<![\w-])(?:xox[a-z]|xapp)-[A-Za-z0-9-]{10}|hooks\.slack\.com\/services\/\w{4}/],
  ['an API key', /(?<![\w-])sk-(?=[A-Za-z_-]{0,60}\d)[\w-]{20}/],
  ['a Stripe key', /(?<![A-Za-z0-9])[sr]k_(?:live|test)_[A-Za-z0-9]{16}/],
  ['a Google key', /(?<![\w-])(?:AIza[\w-]{35}|ya29\.[\w-]{20}|GOCSPX-[\w-]{20})/],
  ['a registry token', /(?<![\w-])(?:npm_[A-Za-z0-9]{36}|pypi-[\w-]{50}|dckr_[po]at_[\w-]{20})/],
  [
    'an API token',
    /(?<![\w-])(?:SG\.[\w-]{16}|do[opr]_v1_[a-f0-9]{32}|dapi[a-f0-9]{32}|glsa_\w{20}|shp(?:at|ss)_[a-fA-F0-9]{32}|tskey-[\w-]{16}|lin_api_\w{20}|ATATT3[\w-]{20}|PMAK-[a-f0-9]{20})/,
  ],
  ['an API token', /(?<![A-Za-z0-9])[A-Za-z0-9]{14}\.atlasv1\.[\w-]{20}/],
  ['a bearer token', /(?<![\w-])Bearer [A-Za-z0-9._~+/-]{20}/i],
  // a form such as <password> is nobody's
  ['a URL with a password', /:\/\/[^\s/?#@:]{0,256}:(?!<[a-z]+>@)[^\s/?#@]{1,256}@/],
  ['a password', /(?<![\w-])(?:password|passwd)=[^\s;&]/i],
];

/** What kind of secret this text holds by its looks; undefined where it looks like none. */
export function secretShape(text: string): string | undefined {
  // the shortest shape is longer than this
  if (text.length < 8) return undefined;
  return shapes.find(([, pattern]) => pattern.test(text))?.[0];
}

/** A text as it may stand in a message: in quotes, or `otherwise` where it is long, odd or looks like a secret. */
export function quoted(text: string, otherwise: string): string {
  const plain = text.length <= 80 && /^[\w .\-:/@+<>*$,()]*$/.test(text);
  return plain && secretShape(text) === undefined ? `"${text}"` : otherwise;
}
