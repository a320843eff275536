/** AWS's policy language and its evaluation logic, without any reading: documents in, decisions out. */
export { accountOf, factsOf, type Caller } from './caller.ts';
export { contextOf, type Context } from './context.ts';
export { actionMatches } from './pattern.ts';
export { readDocument, type Statement } from './document.ts';
export { evaluate, type Decision, type Policies } from './evaluate.ts';
export { revocationIn } from './revocation.ts';
export type { Hit, Policy } from './statement.ts';
