/**
 * For `describe.runIf(realServer('OpenBao', findOpenBao()))`: off CI a missing server skips, loudly
 * and with its reason; under `CI=true` it fails, so that nothing goes unproven unseen.
 */
export function realServer(name: string, found: object): boolean {
  if (!('missing' in found)) return true;
  const reason = `${name} is missing: ${String(found.missing)}`;
  if (process.env['CI'] === 'true') throw new Error(`${reason} (under CI that is a failure)`);
  process.stderr.write(`\nSKIPPED: the tests on the real ${name} do not run here. ${reason}\n`);
  return false;
}
