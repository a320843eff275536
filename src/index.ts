/** Tombstone as a library: the run, its pure second half, and the types of what they take and give. */
export { decodeDossier } from './judge/decode.ts';
export { builtIn, withPackages } from './registry.ts';
export type { ConnectorLookup } from './registry.ts';
export { report } from './report/report.ts';
export { verify } from './verify.ts';
export type { VerifyInput } from './verify.ts';
export type { Configuration } from './model/config.ts';
export type { Dossier, GrantFacts, Policy, SystemFacts, Target } from './model/dossier.ts';
export { EvidenceError, UsageError } from './model/errors.ts';
export type { Problem } from './model/errors.ts';
export type { Evidence, Exchange } from './model/evidence.ts';
export type { GrantRecord } from './model/grant.ts';
export type { Reason } from './model/reason.ts';
export type { AccessPath, Finding, GrantReport, Report, Verdict, VerdictWord } from './model/report.ts';
