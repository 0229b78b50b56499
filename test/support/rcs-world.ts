import { agentIdOf } from '@causeway/adapter-rcs-simulated';
import { z } from 'zod';
import { freePorts } from './free-ports.js';
import { BRIDGE_NUMBERS, World, type WorldOptions } from './world.js';

const chip = z.object({ text: z.string(), postbackData: z.string() });
const cardSchema = z.looseObject({
  title: z.string().optional(),
  description: z.string().optional(),
  suggestions: z.array(z.object({ reply: chip.optional() })).optional(),
});
const bubbleSchema = z.object({
  messageId: z.string(),
  direction: z.enum(['received', 'written']),
  isRead: z.boolean(),
  content: z.object({
    text: z.string().optional(),
    suggestions: z.array(z.object({ reply: chip.optional() })).optional(),
    richCard: z
      .object({
        standaloneCard: z.object({ cardContent: cardSchema }).optional(),
        carouselCard: z.object({ cardContents: z.array(cardSchema) }).optional(),
      })
      .optional(),
  }),
});
const phoneSchema = z.object({ typing: z.array(z.string()), bubbles: z.array(bubbleSchema) });
const logSchema = z.object({ counts: z.record(z.string(), z.number()) });

/** The simulated RCS network's bubble of a message, as its phone has it. */
export type RcsBubble = z.infer<typeof bubbleSchema>;

/** A whole Causeway whose carrier has RCS beside SMS, and hands to use its phones. */
export class RcsWorld {
  readonly agentId = agentIdOf(BRIDGE_NUMBERS[0]);

  private constructor(readonly world: World) {}

  static async start(options: WorldOptions = {}): Promise<RcsWorld> {
    const ports = await freePorts(3);
    const env = {
      // one person writes to every phone of a test
      CAUSEWAY_TENANT_PROFILE: 'registered-bulk',
      CAUSEWAY_RCS_API_URL: `http://127.0.0.1:${ports[2]}/rcs`,
      CAUSEWAY_RCS_ACCESS_TOKEN: 'an-access-token-for-tests',
      CAUSEWAY_RCS_CLIENT_TOKEN: 'a-client-token-for-tests',
      ...options.env,
    };
    return new RcsWorld(await World.start({ ...options, ports, env }));
  }

  async phone(e164: string): Promise<z.infer<typeof phoneSchema>> {
    return phoneSchema.parse(await (await fetch(`${this.world.carrier.url}/rcs/handsets/${e164}`)).json());
  }

  async received(e164: string): Promise<readonly RcsBubble[]> {
    return (await this.phone(e164)).bubbles.filter(({ direction }) => direction === 'received');
  }

  /** Calls and events of the network so far, by kind: `call-event` is what an agent shows of itself. */
  async counts(): Promise<Readonly<Record<string, number>>> {
    return logSchema.parse(await (await fetch(`${this.world.carrier.url}/rcs/log`)).json()).counts;
  }

  write(e164: string, text: string): Promise<void> {
    return this.post(`/rcs/handsets/${e164}/messages`, { agentId: this.agentId, text });
  }

  tap(e164: string, suggestionResponse: { readonly postbackData: string; readonly text: string }): Promise<void> {
    return this.post(`/rcs/handsets/${e164}/messages`, { agentId: this.agentId, suggestionResponse });
  }

  type(e164: string): Promise<void> {
    return this.post(`/rcs/handsets/${e164}/typing`, { agentId: this.agentId });
  }

  read(e164: string, messageId: string): Promise<void> {
    return this.post(`/rcs/handsets/${e164}/read`, { messageId });
  }

  private async post(path: string, body: object): Promise<void> {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const { ok, status } = await fetch(`${this.world.carrier.url}${path}`, init);
    if (!ok) throw new Error(`the simulator answered ${status} to ${path}`);
  }
}
