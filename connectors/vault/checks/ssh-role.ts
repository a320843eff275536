import type { Check } from '../../../src/connector.ts';
import { failed } from '../../../src/connector.ts';
import type { VaultClient } from '../client.ts';
import type { SshRoleRef } from '../kinds/ssh.ts';
import { sshRole } from '../kinds/ssh.ts';
import { readSshRoles, sshRole as source } from '../ssh.ts';

export const sshRoleRecord: Check<VaultClient, SshRoleRef> = {
  id: 'vault/ssh-role',
  title: 'Can keys still be signed by this role?',
  of: sshRole,
  claim: 'entitled',
  decides: true,
  method: 'lookup',
  needs: ['read auth/token/lookup-self', readSshRoles],
  docs: 'https://openbao.org/api-docs/secret/ssh/#read-role',
  effects: [],
  async observe({ ref }, ctx) {
    const { mount, name, mountAccessor, namespace } = ref;
    const seen = await ctx.read(source, { mount, name, mountAccessor, namespace });
    if (failed(seen)) return seen;
    if (seen.saw === 'nothing') return { saw: 'absent', controls: seen.controls };
    return {
      saw: 'present',
      state: 'active',
      revivedBy: 'subject',
      reason: 'R-LISTED',
      value: `stands, of type ${seen.value.facts.key_type}`,
    };
  },
};
