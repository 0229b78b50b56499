import { WebSocket } from 'ws';
import type { PreparedMessage } from './native-message.js';
import { readFrame, type ReadFrame } from './read-frame.js';

/** All the generator wants to know of a frame stands before the box, and ids are ASCII. */
const HEAD_BYTES = 512;

/** The open socket of one device: submits messages, acknowledges whatever it is pushed, and tells what came. */
export class DeviceSocket {
  private readonly answers = new Map<string, (isAccepted: boolean) => void>();
  private waiting: string[] = [];
  private isEnding = false;

  private constructor(
    private readonly socket: WebSocket,
    private readonly onFrame: (frame: ReadFrame) => void,
    private readonly onLost?: (code: number) => void,
  ) {
    socket.on('message', (raw: Buffer) => this.receive(readFrame(raw.toString('latin1', 0, HEAD_BYTES))));
    socket.on('error', () => socket.terminate());
    socket.on('close', (code: number) => {
      if (!this.isEnding) this.onLost?.(code);
      for (const ended of this.answers.values()) ended(false);
      this.answers.clear();
    });
  }

  static open(
    gatewayUrl: string,
    options: {
      readonly token: string;
      readonly onFrame: (frame: ReadFrame) => void;
      /** The other end closed it, or it broke. */
      readonly onLost?: (code: number) => void;
    },
  ): Promise<DeviceSocket> {
    const socket = new WebSocket(`${gatewayUrl.replace('http', 'ws')}/v1/socket`, {
      headers: { authorization: `Bearer ${options.token}` },
      perMessageDeflate: false,
    });
    const opened = new DeviceSocket(socket, options.onFrame, options.onLost);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(opened));
      socket.once('error', reject);
    });
  }

  /** `ended` hears whether it was accepted. */
  submit({ messageId, body }: PreparedMessage, ended: (isAccepted: boolean) => void): void {
    // one that was closed answers nothing any more, and a load that waits for it would not end
    if (this.socket.readyState !== WebSocket.OPEN) {
      ended(false);
      return;
    }
    this.answers.set(messageId, ended);
    this.socket.send(`{"type":"submit","message":${body}}`);
  }

  close(): void {
    this.isEnding = true;
    this.socket.terminate();
  }

  private receive(frame: ReadFrame): void {
    this.onFrame(frame);
    if (frame.answer) {
      this.answers.get(frame.answer.messageId)?.(frame.answer.isAccepted);
      this.answers.delete(frame.answer.messageId);
    }
    if (frame.ids.length === 0) return;
    if (this.waiting.length === 0) setImmediate(() => this.acknowledge());
    this.waiting.push(...frame.ids);
  }

  /** What came in one turn of the event loop, in one frame. */
  private acknowledge(): void {
    this.socket.send(JSON.stringify({ type: 'acknowledge', ids: this.waiting }));
    this.waiting = [];
  }
}
