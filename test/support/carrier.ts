import { z } from 'zod';

const handsetSchema = z.object({
  messages: z.array(
    z.object({
      sid: z.string(),
      direction: z.string(),
      from: z.string(),
      to: z.string(),
      body: z.string(),
      at: z.string(),
    }),
  ),
});
const logSchema = z.object({
  counts: z.record(z.string(), z.number()),
  entries: z.array(z.record(z.string(), z.unknown())),
});

const heldSchema = z.object({ held: z.array(z.string()) });

export type HandsetMessage = z.infer<typeof handsetSchema>['messages'][number];

/** The simulator's own control API: handsets to write on and read, faults to script, the log of what was called. */
export class Carrier {
  constructor(readonly url: string) {}

  /** What lies on a handset, oldest first. */
  async received(e164: string): Promise<HandsetMessage[]> {
    const { messages } = handsetSchema.parse(await this.call('GET', `/handsets/${e164}/messages`));
    return messages.filter((message) => message.direction === 'received');
  }

  async write(message: { readonly from: string; readonly to: string; readonly text: string }): Promise<void> {
    await this.call('POST', `/handsets/${message.from}/messages`, { to: message.to, body: message.text });
  }

  async fault(fault: Readonly<Record<string, string | number>>): Promise<void> {
    await this.call('POST', '/faults', { network: 'sms', ...fault });
  }

  async clearFaults(): Promise<void> {
    await this.call('DELETE', '/faults');
  }

  /** Of the pretend RCS network beside it. */
  async rcsFault(fault: Readonly<Record<string, string | number>>): Promise<void> {
    await this.call('POST', '/rcs/faults', { network: 'rcs', ...fault });
  }

  async clearRcsFaults(): Promise<void> {
    await this.call('DELETE', '/rcs/faults');
  }

  /** Points at which calls stand still that a `hold` fault struck. */
  async held(): Promise<readonly string[]> {
    return heldSchema.parse(await this.call('GET', '/holds')).held;
  }

  async release(as: 'go-on' | 'drop'): Promise<void> {
    await this.call('POST', '/holds/release', { as });
  }

  /** Calls of the Twilio API by operation, for example `create`. */
  async counts(): Promise<Readonly<Record<string, number>>> {
    return logSchema.parse(await this.call('GET', '/log')).counts;
  }

  private async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok) throw new Error(`the simulator answered ${response.status} to ${method} ${path}`);
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  }
}
