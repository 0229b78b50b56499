import { DeviceSocket } from '../bench/load/device-socket.js';

/** Opens sockets that take all they are handed and acknowledge it, like devices of people who are there. Answers how many are open. */
export interface ListeningOrder {
  readonly gatewayUrl: string;
  readonly tokens: readonly string[];
}

process.on('message', ({ gatewayUrl, tokens }: ListeningOrder) => {
  void Promise.all(tokens.map((token) => DeviceSocket.open(gatewayUrl, { token, onFrame: () => undefined }))).then(
    (sockets) => process.send?.(sockets.length),
  );
});
