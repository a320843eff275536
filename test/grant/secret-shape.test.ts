import { describe, expect, test } from 'vitest';
import { secretShape } from '../../src/grant/secret-shape.ts';
import { changed, line, problemsOf } from './build.ts';
import { secrets } from './planted.ts';

describe('secrets', () => {
  test.for(Object.entries(secrets))('%s is known by its looks', ([, text]) => {
    expect(secretShape(text)).toBeDefined();
    expect(secretShape(`  ${text}\n`)).toBeDefined();
    expect(secretShape(`x=${text};`)).toBeDefined();
  });
});

describe('ids are no secrets', () => {
  test.for([
    ['a lease id', 'database/creds/readonly/2f6a614c-4aa2-7b19-24b9-ad944a8d4de6'],
    ['a lease id of 24 letters', 'database/creds/normal/Yw7sRjc9kQeuv9MC4ZVFAn5q'],
    ['a lease id in a namespace', 'database/creds/ro/Yw7sRjc9kQeuv9MC4ZVFAn5q.a1B2c3'],
    ['a lease id below a mount named s', 's/creds/Yw7sRjc9kQeuv9MC4ZVFAn5q'],
    ['an accessor', 'Yw7sRjc9kQeuv9MC4ZVFAn5q'],
    ['an accessor in a namespace', 'Yw7sRjc9kQeuv9MC4ZVFAn5q.a1B2c3'],
    ['an old accessor', '9793c9b3-e04a-46f3-e7b8-748d7da248da'],
    ['a generated user name', 'v-token-normal-Yw7sRjc9kQeuv9MC4ZVF-1795335240'],
    ['the form of a URL', 'postgresql://<user>:<password>@<host>:<port>/<database>'],
    ['a generated user name of a role', 'v-approle-wrongnam-9FkAbCdEfGhIjKlMnOpQ-1795335240'],
    ['an access key id', 'AKIAIOSFODNN7EXAMPLE'],
    ['a temporary access key id', 'ASIAIOSFODNN7EXAMPLE'],
    ['a role ARN', 'arn:aws:sts::123456789012:assumed-role/jit/session'],
    ['a policy ARN', 'arn:aws:iam::aws:policy/AdministratorAccess'],
    ['an SSH fingerprint', 'SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDPgJXVGDPgJXVGDPg'],
    ['an MD5 fingerprint', 'MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48'],
    ['a SHA-256', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    ['a SHA-1', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
    ['a certificate serial', '39:dd:2e:90:b7:23:1f:8d:d3:7d:31:c5:1b:da:84:d0:5b:65:31:58'],
    ['a SPIFFE id', 'spiffe://acme.example/ns/prod/sa/deploy-bot'],
    ['an email address', 'm.ortiz@acme.example'],
    ['a URL with a port and a path with @', 'https://github.example:8443/@acme/repo'],
    ['a URL with a user only', 'postgres://verifier@db.example:5432/app'],
    ['a task id', 'task-run-7f3a91c0d2e44b5aa9d7c1e0'],
    ['a name that starts like a key', 'sk-learn-pipeline-deployment-runner'],
    ['a host that starts with s.', 's.abcdefghijklmnopqrstuvwx.example'],
    ['a GitHub installation', 'github-app-installation-51234567'],
    ['a public key', '-----BEGIN PUBLIC KEY-----'],
    ['a certificate', '-----BEGIN CERTIFICATE-----'],
    ['a reason in words', 'rotate the password of the billing database replica'],
  ])('%s', ([, text]) => {
    expect(secretShape(text ?? '')).toBeUndefined();
    expect(problemsOf(changed(['database/creds/ro/1', JSON.stringify(text)]))).toEqual([]);
  });
});

describe('in a record', () => {
  const hint =
    'Keep the value in a file or a variable, and write a reference: file:PATH or env:TOMBSTONE_SUBJECT_….';
  const token = secrets['a Vault token'];

  test.for([
    ['in a ref', changed(['database/creds/ro/1', token]), '23:21 credentials[0].ref.leaseId'],
    [
      'where a reference belongs',
      changed(['file:./secrets/c2.password', token]),
      '30:13 credentials[1].secret',
    ],
    [
      'in a list of a label',
      changed(['{ team: billing }', `{ team: "see ${token}" }`]),
      '5:19 metadata.labels.team',
    ],
    [
      'below x-',
      changed(['{ team: billing }', '{ team: billing }\nx-note: { a: [1, ' + token + '] }']),
      '6:18 x-note.a[1]',
    ],
    ['as a key', changed(['{ team: billing }', `{ ${token}: billing }`]), '5:13 metadata.labels.…'],
    ['in the version', changed(['tombstone/v1', token]), '1:13 apiVersion'],
    [
      'through an alias',
      changed(['{ team: billing }', `{ team: &t ${token}, b: *t }`]),
      '5:22 metadata.labels.team',
    ],
  ] as const)('%s: refused at the field, not repeated', ([, text, place]) => {
    const [first, ...rest] = problemsOf(text).map(line);
    expect(first).toBe(
      `${place}: this looks like a Vault token: a secret never stands in this file | ${hint}`,
    );
    expect(rest.filter((one) => !one.includes('this looks like a Vault token'))).toEqual([]);
    expect(JSON.stringify([first, ...rest])).not.toContain(token.slice(4, 20));
  });
});
