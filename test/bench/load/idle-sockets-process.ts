import { WebSocket } from 'ws';

/** Opens sockets that do nothing but answer pings. Told to open more, it answers how many there are. */
export interface SocketsOrder {
  readonly gatewayUrl: string;
  readonly tokens: readonly string[];
}

const OPENED_AT_ONCE = 50;
const sockets: WebSocket[] = [];

process.on('message', (order: SocketsOrder) => {
  void openAll(order).then(() =>
    process.send?.(sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length),
  );
});

async function openAll({ gatewayUrl, tokens }: SocketsOrder): Promise<void> {
  for (let from = 0; from < tokens.length; from += OPENED_AT_ONCE)
    await Promise.all(tokens.slice(from, from + OPENED_AT_ONCE).map((token) => open(gatewayUrl, token)));
}

function open(gatewayUrl: string, token: string): Promise<void> {
  const socket = new WebSocket(`${gatewayUrl.replace('http', 'ws')}/v1/socket`, {
    headers: { authorization: `Bearer ${token}` },
    perMessageDeflate: false,
  });
  sockets.push(socket);
  return new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
}
