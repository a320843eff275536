import type { Reason } from '../model/reason.ts';

/** Why there is no whole answer, and how the tape puts it in a word. */
export interface Trouble {
  readonly reason: Reason;
  /** Continues a sentence that begins with the address. */
  readonly detail: string;
  readonly short: string;
  /** Nothing of an answer had come, and the connection was an old one: the server may have closed it just then. */
  readonly raced?: true;
}

export function trouble(reason: Reason, detail: string, short = detail): Trouble {
  return { reason, detail, short };
}

/** OpenSSL's words for a refused certificate, as Node reports them (https://nodejs.org/api/tls.html, "X509 certificate error codes"). */
const certificate: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  CERT_REVOKED: 'the certificate is revoked',
  CERT_SIGNATURE_FAILURE: "the certificate's signature is wrong",
  CERT_UNTRUSTED: "the certificate's authority is not trusted",
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another host name',
  INVALID_CA: "the certificate's authority may not sign certificates",
  INVALID_PURPOSE: 'the certificate is not for servers',
  SELF_SIGNED_CERT_IN_CHAIN: "the certificate's authority is self-signed and not trusted",
  UNABLE_TO_GET_ISSUER_CERT: 'unable to verify the certificate: its authority is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unable to verify the certificate: its authority is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unable to verify the certificate: its authority is not trusted',
};

const network: Readonly<Record<string, readonly [detail: string, short: string]>> = {
  EAI_AGAIN: ['name not found: the name service does not answer', 'name not found'],
  ECONNABORTED: ['reset the connection', 'reset'],
  ECONNREFUSED: ['refused the connection', 'refused'],
  ECONNRESET: ['reset the connection before any answer', 'reset'],
  EHOSTUNREACH: ['cannot be reached: no route', 'no route'],
  ENETUNREACH: ['cannot be reached: no route', 'no route'],
  ENOTFOUND: ['name not found', 'name not found'],
  EPIPE: ['reset the connection before any answer', 'reset'],
  ETIMEDOUT: ['timed out while connecting', 'timed out'],
};

/**
 * What an error of Node's http, tls or net means. Only its code is read: messages may repeat what
 * was sent. `begun` says whether any byte of an answer had come.
 */
export function transportTrouble(error: unknown, begun: boolean): Trouble {
  const code = codeOf(error);
  const refused = certificate[code];
  if (refused !== undefined) return trouble('R-UNREACHABLE', `TLS: ${refused} (${code})`, `TLS ${code}`);
  if (code === 'HPE_HEADER_OVERFLOW' || code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW')
    return trouble('R-ANSWER', 'sent headers larger than 16 KiB', 'headers too large');
  if (begun && (code === 'HPE_INVALID_EOF_STATE' || code === 'ECONNRESET' || code === 'EPIPE'))
    return brokeOff();
  if (code.startsWith('HPE_'))
    return trouble('R-ANSWER', `sent something that is not HTTP (${code})`, 'not HTTP');
  if (code === 'EPROTO' || code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS'))
    return trouble('R-UNREACHABLE', `TLS: no handshake (${code})`, `TLS ${code}`);
  const known = network[code];
  if (known !== undefined) return trouble('R-UNREACHABLE', ...known);
  return trouble('R-UNREACHABLE', `cannot be reached (${code})`, code);
}

export function brokeOff(): Trouble {
  return trouble('R-PARTIAL', 'closed the connection before the answer was whole', 'broke off');
}

export function timedOut(ms: number): Trouble {
  return trouble('R-UNREACHABLE', `timed out after ${ms} ms`);
}

/** The caller's signal fired. */
export function stopped(): Trouble {
  return trouble('R-UNREACHABLE', 'was not waited for: the run was stopped', 'stopped');
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return 'no code';
  return typeof error.code === 'string' && /^[A-Z0-9_]{1,64}$/.test(error.code) ? error.code : 'no code';
}
