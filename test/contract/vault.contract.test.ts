import { bind, half } from './bind.ts';
import { vaultBinding } from './vault.ts';

// the other half is in vault-more.contract.test.ts: two files run side by side
bind(half(vaultBinding, 'even'));
