import type { Redactor } from '../door/redact.ts';
import { Secret } from '../model/secret.ts';

/** Everything that is written from here on goes past the values of these secrets, and past the passwords in their URLs. */
export function registerSecrets(value: unknown, redactor: Redactor): void {
  if (value instanceof Secret) {
    if (value.filled) for (const text of telling(value.reveal())) redactor.add(text);
  } else if (value instanceof Map || Array.isArray(value)) {
    for (const one of value.values()) registerSecrets(one, redactor);
  } else if (typeof value === 'object' && value !== null) {
    for (const one of Object.values(value)) registerSecrets(one, redactor);
  }
}

function telling(value: string): readonly string[] {
  const password = URL.parse(value.trim())?.password ?? '';
  return password === '' ? [value] : [value, password, decoded(password)];
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // not percent-encoded: it stands for itself
    return part;
  }
}
