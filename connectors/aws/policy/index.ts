/** AWS's policy language and its evaluation logic, without any reading: documents in, decisions out. */
export { accountOf, factsOf, nameOf, type Caller } from './caller.ts';
export { contextOf, type Context } from './context.ts';
export { actionMatches } from './pattern.ts';
export { readDocument, type PolicyDocument, type Statement } from './document.ts';
export { evaluate, type Decision, type Policies } from './evaluate.ts';
export { revocationIn, type Revocation } from './revocation.ts';
export type { Hit, Policy, Request } from './statement.ts';
