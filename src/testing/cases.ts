import { cacheCases } from './cases/caches.ts';
import { httpCases } from './cases/http.ts';
import { instanceCases } from './cases/instance.ts';
import { mannersCases } from './cases/manners.ts';
import { plainCases } from './cases/plain.ts';
import { secretCases } from './cases/secrets.ts';
import { tcpCases } from './cases/tcp.ts';
import { speaks } from './front.ts';
import type { Contract, ContractCase } from './world.ts';

/**
 * Everything that a check promises, as cases for any test runner: `for (const { name, run } of
 * contractCases(…)) test(name, run)`. Each opens a world, runs the whole pipeline against it with no
 * check but this one, and looks at the evidence and at what the judge makes of it.
 * @throws BrokenContract where the connector has no such check; `run` rejects with one for each promise that does not hold.
 */
export function contractCases(contract: Contract): readonly ContractCase[] {
  return [
    ...plainCases(contract),
    ...(speaks(contract.connector) === 'http'
      ? [...httpCases(contract), ...cacheCases(contract)]
      : tcpCases(contract)),
    ...instanceCases(contract),
    ...secretCases(contract),
    ...mannersCases(contract),
  ];
}
