import type { Check, Failure } from '../../../src/connector.ts';
import { failed, inconclusive, instantMs } from '../../../src/connector.ts';
import type { VaultClient } from '../client.ts';
import type { PkiCertificateRef } from '../kinds/pki-certificate.ts';
import { pkiCertificate } from '../kinds/pki-certificate.ts';
import { certificate as source } from '../pki.ts';

export const pkiCertificateRecord: Check<VaultClient, PkiCertificateRef> = {
  id: 'vault/pki-certificate',
  title: 'Does its issuer still stand by this certificate?',
  of: pkiCertificate,
  claim: 'authenticates',
  decides: true,
  method: 'lookup',
  needs: ['read auth/token/lookup-self'],
  docs: 'https://openbao.org/api-docs/secret/pki/#read-certificate',
  effects: [],
  async observe({ ref }, ctx) {
    const { mount, serial, namespace, certificate } = ref;
    const seen = await ctx.read(source, { mount, serial, namespace, certificate });
    if (failed(seen)) return seen;
    if (seen.saw === 'nothing') return unkept(ref);
    const { sha256, notAfter, revokedAt, kept } = seen.value;
    if (ref.sha256 !== undefined && ref.sha256 !== sha256) {
      return inconclusive('R-IDENTITY', `another certificate has this serial at ${mount}: SHA-256 ${sha256}`);
    }
    const bound = { until: notAfter, basis: 'credential' } as const;
    const over = isOver(notAfter, seen.stamp.serverAt);
    if (!over && !kept) return { ...unkept(ref), bound };
    if (!over && revokedAt === undefined) {
      const value = `not revoked, valid until ${notAfter}`;
      return { saw: 'present', state: 'active', revivedBy: 'subject', reason: 'R-LISTED', value, bound };
    }
    if (seen.controls === undefined) {
      return inconclusive('R-CONTROL', 'it is revoked or over, and the control before or after was not seen');
    }
    const { controls } = seen;
    if (over) return { saw: 'ended', how: 'expired', at: notAfter, family: 'whole', controls };
    if (ref.endpoints !== undefined) {
      return {
        ...inconclusive(
          'R-NOAPI',
          `revoked by its issuer at ${revokedAt}; whether ${ref.endpoints.join(', ')} ask for revocations nobody was asked`,
          `its end at ${notAfter}`,
        ),
        bound,
      };
    }
    return { saw: 'ended', how: 'revoked', at: revokedAt ?? notAfter, family: 'whole', controls, bound };
  },
};

/** Nobody can tell whether it was revoked, or is of this engine at all. */
function unkept({ mount, serial }: PkiCertificateRef): Failure {
  return inconclusive(
    'R-NOAPI',
    `${mount} keeps no certificate ${serial}: a role with no_store issued it, it was tidied away, or another mount or server did; until its end it may work`,
    `its revocation by the certificate itself (${mount}/revoke certificate=…), which keeps it too`,
  );
}

/** By how much the clocks must be past it is the judge's business. */
function isOver(notAfter: string, serverAt: string | undefined): boolean {
  const [end, now] = [instantMs(notAfter), instantMs(serverAt)];
  return end !== undefined && now !== undefined && now > end;
}
