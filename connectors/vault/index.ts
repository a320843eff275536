import type { Connector } from '../../src/connector.ts';
import { approleSecretIdRecord } from './checks/approle-secret-id.ts';
import { authRole } from './checks/auth-role.ts';
import { identityGroupMembership } from './checks/group-membership.ts';
import { identityEntity } from './checks/identity-entity.ts';
import { databaseStaticRoleRotation } from './checks/database-static-role.ts';
import { kvSecretMetadata } from './checks/kv-secret.ts';
import { leaseRecord } from './checks/lease.ts';
import { policyText } from './checks/policy.ts';
import { pkiCertificateRecord } from './checks/pki-certificate.ts';
import { sshCertificateTime } from './checks/ssh-certificate.ts';
import { sshRoleRecord } from './checks/ssh-role.ts';
import { tokenAccessor } from './checks/token-accessor.ts';
import { tokenChildren, tokenChildrenByValue } from './checks/token-children.ts';
import { tokenByValue } from './checks/token-value.ts';
import { transitKeyRecord } from './checks/transit-key.ts';
import { wrapByAccessor, wrapByValue } from './checks/wrapping-token.ts';
import type { VaultClient } from './client.ts';
import { createClient } from './client.ts';
import type { VaultConfig } from './config.ts';
import { vaultConfig } from './config.ts';
import { identify } from './identify.ts';
import { kinds } from './kinds.ts';
import { accountAccess } from './looks/account-access.ts';
import { auditTrailLook } from './looks/audit-trail.ts';
import { bornDefinitions } from './looks/born-definitions.ts';
import { bornIdentities } from './looks/born-identities.ts';
import { bornSecretIds } from './looks/born-secret-ids.ts';
import { bornTokens } from './looks/born-tokens.ts';
import { bornWraps } from './looks/born-wraps.ts';
import { stuckLeases } from './looks/stuck-leases.ts';
import { policy } from './policy.ts';

/** Below a secret mount, whatever its path. */
const below = (path: RegExp): RegExp =>
  new RegExp(`^/v1/(?!auth/|identity/|sys/|cubbyhole/)[^?]+?/${path.source}$`);

/** OpenBao and HashiCorp Vault: tokens of every type, leases, secret ids, kept and wrapped secrets. */
export const vault: Connector<VaultConfig, VaultClient> = {
  apiVersion: 1,
  id: 'vault',
  title: 'OpenBao and HashiCorp Vault',
  config: vaultConfig,
  example: { address: 'https://bao.example.com:8200', token: 'env:BAO_TOKEN' },
  points: () => ['direct'],
  host({ address, caFile, allowInsecure, auditLog }) {
    const url = new URL(address);
    const protocol = url.protocol === 'http:' ? 'http:' : 'https:';
    return {
      protocol,
      host: url.hostname,
      port: url.port === '' ? (protocol === 'http:' ? 80 : 443) : Number(url.port),
      allowInsecure,
      ...(caFile === undefined ? {} : { ca: caFile.text }),
      ...(auditLog === undefined ? {} : { files: [auditLog.file] }),
    };
  },
  reads: [
    { method: 'GET', path: /^\/v1\/sys\/health$/ },
    { method: 'GET', path: /^\/v1\/auth\/token\/lookup-self$/ },
    { method: 'POST', path: /^\/v1\/auth\/token\/lookup-accessor$/ },
    { method: 'POST', path: /^\/v1\/auth\/token\/lookup$/ },
    { method: 'LIST', path: /^\/v1\/auth\/token\/accessors$/ },
    { method: 'POST', path: /^\/v1\/sys\/capabilities(?:-accessor)?$/ },
    { method: 'GET', path: /^\/v1\/identity\/(?:entity|group)\/id\/[^/]+$/ },
    { method: 'LIST', path: /^\/v1\/identity\/(?:entity|group)\/id$/ },
    { method: 'GET', path: /^\/v1\/sys\/(?:auth|mounts)$/ },
    { method: 'LIST', path: /^\/v1\/sys\/policies\/acl$/ },
    { method: 'GET', path: /^\/v1\/auth\/[^?]+\/(?:groups|certs)\/[^/]+$/ },
    { method: 'GET', path: /^\/v1\/auth\/[^?]+\/config$/ },
    { method: 'LIST', path: /^\/v1\/auth\/[^?]+\/(?:users|groups|certs|role\/[^/]+\/secret-id)$/ },
    { method: 'GET', path: /^\/v1\/sys\/policies\/acl\/[^/]+$/ },
    { method: 'GET', path: /^\/v1\/auth\/[^?]+\/(?:role|users)\/[^/]+(?:\/role-id)?$/ },
    { method: 'POST', path: /^\/v1\/auth\/[^?]+\/role\/[^/]+\/secret-id-accessor\/lookup$/ },
    { method: 'LIST', path: /^\/v1\/auth\/[^?]+\/role$/ },
    { method: 'GET', path: /^\/v1\/sys\/internal\/ui\/mounts\/[^?]+$/ },
    { method: 'GET', path: /^\/v1\/(?!auth\/|identity\/|sys\/|cubbyhole\/)[^?]+?\/metadata\/[^?]+$/ },
    { method: 'LIST', path: /^\/v1\/(?!auth\/|identity\/|sys\/|cubbyhole\/)[^?]+?\/metadata$/ },
    { method: 'GET', path: below(/config\/ca/) },
    { method: 'GET', path: below(/cert\/(?:ca|[\da-f:]+)/) },
    { method: 'GET', path: below(/(?:keys|static-roles|roles)\/[^/?]+/) },
    { method: 'LIST', path: below(/(?:keys|static-roles|roles)/) },
    { method: 'POST', path: /^\/v1\/sys\/audit-hash\/[^?]+$/ },
    { method: 'POST', path: /^\/v1\/sys\/leases\/lookup$/ },
    { method: 'LIST', path: /^\/v1\/sys\/leases\/lookup(?:\/.+)?$/ },
  ],
  connect: (config, _point, door) => createClient(config, door),
  close: () => Promise.resolve(),
  identify,
  kinds,
  checks: [
    tokenAccessor,
    tokenByValue,
    tokenChildren,
    tokenChildrenByValue,
    leaseRecord,
    approleSecretIdRecord,
    kvSecretMetadata,
    pkiCertificateRecord,
    transitKeyRecord,
    databaseStaticRoleRotation,
    sshRoleRecord,
    sshCertificateTime,
    wrapByAccessor,
    wrapByValue,
    identityEntity,
    identityGroupMembership,
    policyText,
    authRole,
    accountAccess,
    bornTokens,
    bornWraps,
    bornSecretIds,
    bornIdentities,
    bornDefinitions,
    stuckLeases,
    auditTrailLook,
  ],
  policy,
};
