import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { z } from 'zod';
import type { Truth } from '../scenario.ts';
import type { World } from '../world.ts';

/** A certificate with its private key, as the engine answered it. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
  readonly serial: string;
  /** '' where the role makes none. */
  readonly leaseId: string;
}

const issuedAnswer = z.object({
  lease_id: z.string(),
  data: z.object({ certificate: z.string(), private_key: z.string(), serial_number: z.string() }),
});
const kept = z.object({ data: z.object({ certificate: z.string() }) });

export async function issueCertificate(world: World, path: string): Promise<Issued> {
  const answer = issuedAnswer.parse(await world.broker('POST', path, { common_name: 'agent.example' }));
  const { certificate, private_key: key, serial_number: serial } = answer.data;
  return { certificate, key, serial, leaseId: answer.lease_id };
}

/** Shows the certificate to a server that trusts its issuer and asks the newest revocation list. */
export async function showCertificate(world: World, mount: string, mine: Issued): Promise<Truth> {
  const read = async (name: string) =>
    kept.parse(await world.broker('GET', `${mount}/cert/${name}`)).data.certificate;
  const own = await issueCertificate(world, `${mount}/issue/servers`);
  const server = createServer({
    cert: own.certificate,
    key: own.key,
    ca: await read('ca'),
    crl: await read('crl'),
    requestCert: true,
    // the answer of the check is what is asked here, not what a server does with it
    rejectUnauthorized: false,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the TLS server has no port');
  const accepted = once(server, 'secureConnection');
  const client = connect({
    host: '127.0.0.1',
    port: address.port,
    cert: mine.certificate,
    key: mine.key,
    rejectUnauthorized: false,
  });
  try {
    const [socket] = (await accepted) as [TLSSocket];
    if (socket.authorized) return 'works';
    const why = String(socket.authorizationError);
    if (['CERT_REVOKED', 'CERT_HAS_EXPIRED'].includes(why)) return 'refused';
    throw new Error(`the certificate was not taken: ${why}`);
  } finally {
    client.destroy();
    server.close();
  }
}
