import { sshEngines } from './corpus/ssh.ts';
import { tell } from './tell.ts';

tell('SSH engines', sshEngines);
