import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** Below those that the system gives to outgoing connections (Linux: from 32768): one of these would take a port that was free a moment ago. */
const FIRST_PORT = 15_000;
const LAST_PORT = 32_000;
const MOST_TRIES = 100;

/** Ports of the loopback address that were free a moment ago. All are held until the last is found, so none is named twice. */
export async function freePorts(count: number): Promise<number[]> {
  const held: { readonly port: number; readonly server: Server }[] = [];
  for (let tries = 0; held.length < count; tries += 1) {
    if (tries === MOST_TRIES + count) throw new Error('there are no free ports');
    const port = randomInt(FIRST_PORT, LAST_PORT);
    const server = await listening(port);
    if (server) held.push({ port, server });
  }
  await Promise.all(held.map(({ server }) => new Promise((resolve) => server.close(resolve))));
  return held.map(({ port }) => port);
}

const listening = (port: number): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
