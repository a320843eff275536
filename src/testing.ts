/**
 * For authors of connectors: the suite that every check must pass, on a small living system and on
 * the real one, and the proxies that it sabotages them with.
 */
export { contractCases } from './testing/cases.ts';
export { BrokenContract } from './testing/world.ts';
export type {
  Address,
  Asked,
  Contract,
  ContractCase,
  ContractTarget,
  ContractWorld,
} from './testing/world.ts';
export { behaviours } from './testing/behaviours.ts';
export type { Behaviour, Determinate } from './testing/behaviours.ts';
export { startHttpProxy } from './testing/http-proxy.ts';
export type { HttpExchange, HttpProxy, HttpSpoiler, ProxiedAnswer } from './testing/http-proxy.ts';
export { startTcpProxy } from './testing/tcp-proxy.ts';
export type { TcpProxy, TcpSpoiler, Turn } from './testing/tcp-proxy.ts';
