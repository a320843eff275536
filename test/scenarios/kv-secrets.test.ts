import { kvSecrets } from './corpus/kv-secrets.ts';
import { tell } from './tell.ts';

tell('secrets in KV stores', kvSecrets);
