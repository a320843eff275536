import { z } from '../../../src/connector.ts';

/** Is the address inside the network (CIDR, or one address)? Undefined where one of them cannot be read. */
export function inNetwork(network: string, address: string): boolean | undefined {
  const [base = '', written, more] = network.split('/');
  const [left, right] = [bits(base), bits(address)];
  if (left === undefined || right === undefined || more !== undefined) return undefined;
  const width = left.width;
  if (written !== undefined && !/^\d{1,3}$/.test(written)) return undefined;
  const length = written === undefined ? width : Number(written);
  if (length > width) return undefined;
  const rest = BigInt(width - length);
  return width === right.width && left.value >> rest === right.value >> rest;
}

const [ipv4, ipv6] = [z.ipv4(), z.ipv6()];

function bits(address: string): { readonly width: 32 | 128; readonly value: bigint } | undefined {
  if (ipv4.safeParse(address).success) {
    return { width: 32, value: join(address.split('.').map(Number), 8n) };
  }
  return ipv6.safeParse(address).success ? groups(address) : undefined;
}

function groups(address: string) {
  // a zone or an IPv4 tail: AWS writes neither
  if (/[%.]/.test(address)) return undefined;
  const [head = '', tail] = address.split('::');
  const read = (part: string) => (part === '' ? [] : part.split(':').map((one) => Number.parseInt(one, 16)));
  const [before, after] = [read(head), read(tail ?? '')];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return { width: 128 as const, value: join([...before, ...zeros, ...after], 16n) };
}

const join = (parts: readonly number[], size: bigint) =>
  parts.reduce((value, part) => (value << size) | BigInt(part), 0n);
