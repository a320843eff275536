import type { AwsScenario } from '../aws-world.ts';
import { directory } from './aws-directory.ts';
import { entitlements } from './aws-entitlements.ts';
import { keys } from './aws-keys.ts';
import { logins } from './aws-logins.ts';
import { providers } from './aws-providers.ts';
import { secrets } from './aws-secrets.ts';
import { sessions } from './aws-sessions.ts';
import { wrongPlaces } from './aws-wrong-places.ts';

/** Every story of AWS, by theme, in the order in which it is told. */
export const awsCorpus: Readonly<Record<string, readonly AwsScenario[]>> = {
  'Keys of users': keys,
  'Other credentials of users': logins,
  Sessions: sessions,
  'Secrets and keys of KMS': secrets,
  'What a grant confers': [...entitlements, ...providers],
  'Identity Center': directory,
  'Wrong places and moments': wrongPlaces,
};

export const aws: readonly AwsScenario[] = Object.values(awsCorpus).flat();
