import { Agent, request } from 'node:http';
import type { PreparedMessage } from './native-message.js';

const MAX_CONNECTIONS = 128;

/** Sends messages as requests, over connections that are kept. */
export class RequestDoor {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS });

  /** `ended` hears whether it was accepted. */
  post(url: string, { messageId, token, body }: PreparedMessage, ended: (isAccepted: boolean) => void): void {
    const call = request(url, {
      method: 'POST',
      agent: this.agent,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'idempotency-key': `"${messageId}"`,
      },
    });
    call.once('response', (response) => {
      response.resume();
      response.once('end', () => ended(response.statusCode === 202));
    });
    call.once('error', () => ended(false));
    call.end(body);
  }

  close(): void {
    this.agent.destroy();
  }
}
