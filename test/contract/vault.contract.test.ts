import { bind } from './bind.ts';
import { vaultBinding } from './vault.ts';

bind(vaultBinding);
