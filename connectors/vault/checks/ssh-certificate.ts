import type { Check, Failure, Observation } from '../../../src/connector.ts';
import { failed, inconclusive, instantMs } from '../../../src/connector.ts';
import type { VaultClient } from '../client.ts';
import type { SshCertificateRef } from '../kinds/ssh.ts';
import { sshCertificate } from '../kinds/ssh.ts';
import type { SshCertificate } from '../ssh-certificate.ts';
import { parseSshCertificate } from '../ssh-certificate.ts';
import { readSshAuthority, sshAuthority as source } from '../ssh.ts';

export const sshCertificateTime: Check<VaultClient, SshCertificateRef> = {
  id: 'vault/ssh-certificate',
  title: 'Is the time over that the engine signed into this certificate?',
  of: sshCertificate,
  claim: 'authenticates',
  decides: true,
  method: 'lookup',
  needs: ['read auth/token/lookup-self', readSshAuthority],
  docs: 'https://openbao.org/docs/secrets/ssh/signed-ssh-certificates/',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    const { mount, namespace } = ref;
    const seen = await ctx.read(source, { mount, namespace, turn: 'once' });
    if (failed(seen)) return seen;
    if (seen.saw === 'nothing') return inconclusive('R-CHECK', 'a key that signs has no word for absent');
    const certificate = certificateIn(ref, seen.value.key);
    if (failed(certificate)) return certificate;
    const until = endOf(certificate);
    const [end, now] = [instantMs(until), instantMs(seen.stamp.serverAt)];
    const over = end !== undefined && now !== undefined && now > end;
    if (until === undefined || !over) return standing(until);
    if (seen.controls === undefined) {
      return inconclusive('R-CONTROL', 'its time is over, and the control before or after was not seen');
    }
    return { saw: 'ended', how: 'expired', at: until, family: 'whole', controls: seen.controls };
  },
};

/** The certificate of the record, if it is the one that this engine signed. */
function certificateIn(
  { mount, serial, certificate: line }: SshCertificateRef,
  authority: string,
): SshCertificate | Failure {
  const needs = 'the certificate itself in the record (ref.certificate): it is public';
  if (line === undefined) {
    const why = 'the engine keeps nothing of a certificate, and without it nobody knows when it ends';
    return inconclusive('R-NOAPI', why, needs);
  }
  const certificate = parseSshCertificate(line);
  if (certificate === undefined) {
    return inconclusive('R-IDENTITY', 'the certificate of the record cannot be read', needs);
  }
  if (certificate.authority !== authority || !certificate.genuine) {
    const why = `the certificate of the record was not signed by the key that ${mount} has now`;
    return inconclusive('R-IDENTITY', why, needs);
  }
  if (serial !== undefined && !sameSerial(serial, certificate.serial)) {
    const why = `the certificate of the record has the serial ${certificate.serial}, not ${serial}`;
    return inconclusive('R-IDENTITY', why, needs);
  }
  return certificate;
}

/** The engine writes it in hex, `ssh-keygen -L` in decimal. */
function sameSerial(text: string, serial: bigint): boolean {
  return BigInt(`0x${text}`) === serial || (/^\d+$/.test(text) && BigInt(text) === serial);
}

/** RFC 3339; undefined where it is for ever, or later than any date. */
function endOf({ validBefore }: SshCertificate): string | undefined {
  const ms = Number(validBefore) * 1_000;
  return ms > 8.64e15 ? undefined : new Date(ms).toISOString();
}

function standing(until: string | undefined): Observation {
  const value = 'the engine has no way to revoke it';
  const present = { saw: 'present', state: 'active', revivedBy: 'subject', reason: 'R-LISTED' } as const;
  return until === undefined
    ? { ...present, value: `never ends, and ${value}` }
    : { ...present, value: `valid until ${until}, and ${value}`, bound: { until, basis: 'credential' } };
}
