import { bind, half } from './bind.ts';
import { vaultBinding } from './vault.ts';

bind(half(vaultBinding, 'odd'));
