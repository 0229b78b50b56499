import { z } from 'zod';

const messagesAnswer = z.object({
  messages: z.array(z.object({ direction: z.enum(['received', 'written']), from: z.string(), body: z.string() })),
});
const rcsAnswer = z.object({
  bubbles: z.array(z.object({ direction: z.enum(['received', 'written']), content: z.object({ text: z.string() }) })),
});
const logAnswer = z.object({ counts: z.record(z.string(), z.number()) });

/** The phones of the pretend carrier, over its own HTTP. */
export class Handsets {
  constructor(readonly url: string) {}

  /** What lies on a phone that somebody sent to it. */
  async received(e164: string): Promise<readonly { readonly from: string; readonly body: string }[]> {
    const { messages } = messagesAnswer.parse(await this.call(`/handsets/${e164}/messages`));
    return messages.filter(({ direction }) => direction === 'received');
  }

  /** What lies on a phone that came by RCS. */
  async receivedByRcs(e164: string): Promise<readonly string[]> {
    const { bubbles } = rcsAnswer.parse(await this.call(`/rcs/handsets/${e164}`));
    return bubbles.filter(({ direction }) => direction === 'received').map(({ content }) => content.text);
  }

  /** Whether a phone is on the RCS network. */
  async setRcs(e164: string, hasRcs: boolean): Promise<void> {
    await this.call(`/rcs/handsets/${e164}/state`, { hasRcs });
  }

  /** Somebody types on a phone. */
  async write(message: { readonly from: string; readonly to: string; readonly text: string }): Promise<void> {
    await this.call(`/handsets/${message.from}/messages`, { to: message.to, body: message.text });
  }

  /** How often the carrier was asked to send something. */
  async sendCalls(): Promise<number> {
    return logAnswer.parse(await this.call('/log')).counts['create'] ?? 0;
  }

  private async call(path: string, body?: unknown): Promise<unknown> {
    const post = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${this.url}${path}`, body === undefined ? {} : post);
    if (!response.ok) throw new Error(`the pretend carrier answered ${response.status} to ${path}`);
    return response.json();
  }
}
