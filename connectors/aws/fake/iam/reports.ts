/** Numbers of the account, and the credential report: a copy that is kept for four hours. */
import type { Shape } from '../answer.ts';
import { AwsError } from '../answer.ts';
import type { Call, Operations } from '../operation.ts';
import { read, write } from '../operation.ts';
import type { AccessKey, User } from '../state.ts';
import { all } from '../state.ts';
import { keysOfUser } from './keys.ts';
import { usersWithDevices } from './logins.ts';
import { anything } from './targets.ts';

function summary({ account, state }: Call): Shape {
  const rootKeys = [...state.keys.values()].filter(({ userId }) => userId === account.id);
  const SummaryMap = new Map<string, number>([
    ['Users', state.users.items.size],
    ['UsersQuota', 5000],
    ['Groups', state.groups.items.size],
    ['GroupsQuota', 300],
    ['Roles', state.roles.items.size],
    ['RolesQuota', 1000],
    ['Policies', state.policies.items.size],
    ['PoliciesQuota', 1500],
    ['InstanceProfiles', state.profiles.items.size],
    ['InstanceProfilesQuota', 1000],
    ['MFADevices', state.devices.size],
    ['MFADevicesInUse', usersWithDevices({ state }).length],
    ['AccountMFAEnabled', 0],
    ['AccountAccessKeysPresent', rootKeys.length > 0 ? 1 : 0],
    ['AccountPasswordPresent', 1],
    ['AccountSigningCertificatesPresent', 0],
    ['AccessKeysPerUserQuota', 2],
    ['Providers', state.oidcProviders.size + state.samlProviders.size],
  ]);
  return { SummaryMap };
}

const columnsOfKey = 'active last_rotated last_used_date last_used_region last_used_service'.split(' ');
const columns = [
  ...'user arn user_creation_time password_enabled password_last_used password_last_changed'.split(' '),
  ...'password_next_rotation mfa_active'.split(' '),
  ...columnsOfKey.map((column) => `access_key_1_${column}`),
  ...columnsOfKey.map((column) => `access_key_2_${column}`),
  ...'cert_1_active cert_1_last_rotated cert_2_active cert_2_last_rotated'.split(' '),
];

const dated = (ms: number | undefined) =>
  ms === undefined ? 'N/A' : `${new Date(ms).toISOString().slice(0, 19)}+00:00`;

function keyCells(key: AccessKey | undefined): readonly string[] {
  if (key === undefined) return ['false', 'N/A', 'N/A', 'N/A', 'N/A'];
  const used = key.lastUsed;
  return [
    String(key.active),
    dated(key.createdAt),
    dated(used?.at),
    used?.region ?? 'N/A',
    used?.service ?? 'N/A',
  ];
}

function userCells(call: Call, user: User): readonly string[] {
  const [one, other] = keysOfUser(call, user.id);
  const [first, second] = [...user.certificates.values()];
  const { login } = user;
  return [
    user.name,
    call.account.userArn(user),
    dated(user.createdAt),
    String(login !== undefined),
    login !== undefined && user.passwordLastUsed === undefined
      ? 'no_information'
      : dated(user.passwordLastUsed),
    dated(login?.createdAt),
    'N/A',
    String(user.devices.size > 0),
    ...keyCells(one),
    ...keyCells(other),
    String(first?.active ?? false),
    dated(first?.uploadedAt),
    String(second?.active ?? false),
    dated(second?.uploadedAt),
  ];
}

function rootCells(call: Call): readonly string[] {
  const [one, other] = keysOfUser(call, call.account.id);
  const head = ['<root_account>', call.account.arn('root'), dated(call.account.createdAt), 'not_supported'];
  const password = ['no_information', 'not_supported', 'not_supported', 'false'];
  return [...head, ...password, ...keyCells(one), ...keyCells(other), 'false', 'N/A', 'false', 'N/A'];
}

const fourHours = 4 * 3_600_000;

/** The first time it is only started; a report of the last four hours is not made again. */
function generate(call: Call): Shape {
  const { state, now } = call;
  const kept = state.report;
  if (kept !== undefined && now < kept.startedAt + fourHours) {
    kept.asked += 1;
    return { State: 'COMPLETE' };
  }
  const rows = [columns, rootCells(call), ...all(state.users).map((user) => userCells(call, user))];
  state.report = { startedAt: now, asked: 1, content: rows.map((row) => row.join(',')).join('\n') };
  return { State: 'STARTED', Description: 'No report exists. Starting a new report generation task' };
}

function report({ state, now }: Call): Shape {
  const kept = state.report;
  if (kept === undefined) {
    throw new AwsError('ReportNotPresent', 410, 'Credential report is not present. Generate a new report.');
  }
  if (now >= kept.startedAt + fourHours) {
    throw new AwsError('ReportExpired', 410, 'Credential report has expired. Generate a new report.');
  }
  if (kept.asked < 2) {
    throw new AwsError('ReportInProgress', 404, 'Credential report generation is in progress.');
  }
  return {
    Content: Buffer.from(kept.content).toString('base64'),
    ReportFormat: 'text/csv',
    GeneratedTime: new Date(kept.startedAt),
  };
}

export const reports: Operations = {
  GetAccountSummary: read(anything, summary),
  GenerateCredentialReport: write(anything, generate),
  GetCredentialReport: read(anything, report),
};
