const body = 'CAESIJ7ZbXq4vT9mKp2sWn8dRfLh0aYc';

/**
 * Values that look like secrets and are none. They are put together here, so that no scanner of
 * repositories takes them for real ones.
 */
export const secrets = {
  'a Vault token': `hvs.${body}`,
  'a batch token': `hvb.${body}${body}`,
  'a recovery token': `hvr.${body}`,
  'an old service token': `s.${body.slice(0, 24)}`,
  'an old batch token': `b.${body}${body}`,
  'a GitHub token': `ghp_${body}abcd`,
  'a GitHub OAuth token': `gho_${body}abcd`,
  'a GitHub server token': `ghs_${body}abcd`,
  'a fine-grained GitHub token': `github_pat_11ABCDEFG0_${body}`,
  'a GitLab token': `glpat-${body.slice(0, 20)}`,
  'an AWS pair': `AKIA${'IOSFODNN7EXAMPLE'} wJalrXUtnFEMI/K7MDENG/${'bPxRfiCYEXAMPLEKEY'}`,
  'a JSON Web Token': `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJib3QifQ.${body}`,
  'an encrypted JSON Web Token': `eyJhbGciOiJkaXIifQ..${body}.${body}.${body}`,
  'a PEM private key': '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----',
  'an RSA private key': '-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBg',
  'an OpenSSH private key': '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk',
  'a PGP private key': '-----BEGIN PGP PRIVATE KEY BLOCK-----\nlQOYBF',
  'a Slack token': `xoxb-123456789012-${body}`,
  'an API key': `sk-proj-${body}`,
  'another API key': `sk-ant-api03-${body}`,
  'a Stripe key': `sk_live_${body}`,
  'a Google key': `AIza${body}abc`,
  'an npm token': `npm_${body}abcd`,
  'a bearer token': `Bearer ${body}`,
  'a URL with a password': 'postgres://verifier:tr0ub4dor@db.example:5432/app',
  'a URL with a password alone': 'redis://:tr0ub4dor@cache.example:6379/0',
  'a connection string': 'host=db.example user=v password=tr0ub4dor',
} as const;
