import { z } from 'zod';
import { FollowedLog } from './followed-log.js';

const smsSchema = z.object({
  at: z.iso.datetime(),
  event: z.enum(['accepted', 'shown', 'written']),
  sid: z.string(),
  from: z.string(),
  to: z.string(),
  body: z.string(),
});

/** One line of the carrier's own log; what the RCS network wrote is read into the same form. */
export type CarrierFact = z.infer<typeof smsSchema>;

const rcsSchema = z.object({
  at: z.iso.datetime(),
  event: z.enum(['accepted', 'shown']),
  messageId: z.string(),
  agentId: z.string(),
  e164: z.string(),
  body: z.object({ text: z.string() }),
});
/** The rest is calls, webhooks and ends: nothing about who saw which words. */
const eventSchema = z.object({ event: z.string() });
const isAboutWords = (line: unknown): boolean => ['accepted', 'shown'].includes(eventSchema.parse(line).event);

/** Follows the logs that the networks append to: what really reached a handset, whatever their APIs and callbacks said. */
export class CarrierTruth {
  readonly facts: CarrierFact[] = [];
  /** How many messages the RCS network has taken, as far as was read. */
  rcsAccepted = 0;
  private readonly sms: FollowedLog;
  private readonly rcs: FollowedLog | undefined;

  constructor(smsFile: string, rcsFile?: string) {
    this.sms = new FollowedLog(smsFile);
    if (rcsFile !== undefined) this.rcs = new FollowedLog(rcsFile);
  }

  /** Takes in what was appended since the last call, and returns it. */
  read(): readonly CarrierFact[] {
    const bySms = this.sms.read().map((line) => smsSchema.parse(line));
    const byRcs = (this.rcs?.read() ?? []).filter(isAboutWords).map((line) => factOfRcs(line));
    this.rcsAccepted += byRcs.filter(({ event }) => event === 'accepted').length;
    const fresh = [...bySms, ...byRcs];
    this.facts.push(...fresh);
    return fresh;
  }
}

function factOfRcs(line: unknown): CarrierFact {
  const { at, event, messageId, agentId, e164, body } = rcsSchema.parse(line);
  return { at, event, sid: messageId, from: agentId, to: e164, body: body.text };
}
