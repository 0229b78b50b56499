import { createServer, type Server } from 'node:net';

/** As many ports of the loopback address as wanted; those named where they are free. Held until all are found, so none comes twice. */
export async function freePorts(wanted: readonly number[]): Promise<number[]> {
  const held: { readonly server: Server; readonly port: number }[] = [];
  try {
    for (const port of wanted) held.push((await hold(port)) ?? (await anyPort()));
    return held.map(({ port }) => port);
  } finally {
    await Promise.all(held.map(({ server }) => new Promise((resolve) => server.close(resolve))));
  }
}

async function anyPort() {
  const found = await hold(0);
  if (!found) throw new Error('there is no free port');
  return found;
}

function hold(wanted: number): Promise<{ readonly server: Server; readonly port: number } | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      resolve(address instanceof Object ? { server, port: address.port } : undefined);
    });
  });
}
