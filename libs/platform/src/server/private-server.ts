import { chmod, mkdir, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { ServerTCP } from '@nestjs/microservices';
import type { RpcAddress } from '../rpc-address.js';
import { StartupProblem } from '../startup-problem.js';
import type { TlsIdentity } from '../tls-files.js';

/** A question or an answer is at most this many characters. */
export const RPC_LIMIT_CHARACTERS = 4_000_000;

/** sockaddr_un holds 104 bytes on macOS, 108 on Linux. */
const SOCKET_PATH_LIMIT_BYTES = 103;

/**
 * The transport strategy of a Nest microservice that answers our own processes: over a Unix socket only we may open, or over
 * TLS 1.3 that asks for a certificate of our authority. Throws `StartupProblem` rather than listen to anyone.
 */
export function privateServer(address: RpcAddress, tls: TlsIdentity | undefined): ServerTCP {
  if (address.kind === 'socket') return new SocketServer(address.path);
  const tlsOptions = {
    ...identityFor(tls),
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.3' as const,
  };
  return new ServerTCP({ host: address.host, port: address.port, tlsOptions, maxBufferSize: RPC_LIMIT_CHARACTERS });
}

export function identityFor(tls: TlsIdentity | undefined): TlsIdentity {
  if (tls) return tls;
  throw new StartupProblem(
    'A tls:// address needs certificates.',
    'Set CAUSEWAY_TLS_CA, CAUSEWAY_TLS_CERT and CAUSEWAY_TLS_KEY, or use sockets.',
  );
}

class SocketServer extends ServerTCP {
  constructor(private readonly path: string) {
    super({ maxBufferSize: RPC_LIMIT_CHARACTERS });
  }

  override listen(callback: (error?: unknown) => void): void {
    this.server.once('error', callback);
    clearPlace(this.path).then(() => {
      this.server.listen(this.path, () => {
        chmod(this.path, 0o600).then(() => callback(), callback);
      });
    }, callback);
  }
}

async function clearPlace(path: string): Promise<void> {
  if (Buffer.byteLength(path) > SOCKET_PATH_LIMIT_BYTES) {
    throw new StartupProblem(
      `The path ${path} is too long for a socket.`,
      'Set CAUSEWAY_PRIVATE_SOCKETS to a shorter folder.',
    );
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const place = await stat(path).catch(() => undefined);
  if (!place) return;
  if (!place.isSocket() || (await answers(path))) {
    throw new StartupProblem(
      `${path} is in use.`,
      'Stop the process that uses it, or choose another CAUSEWAY_PRIVATE_SOCKETS.',
    );
  }
  // left by a process that was killed
  await rm(path);
}

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
