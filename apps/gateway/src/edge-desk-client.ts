import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import {
  EDGE_QUESTIONS,
  type BeginLinkAnswer,
  type EdgeDesk,
  type EdgeState,
  type ProveLinkAnswer,
  type ProveLinkQuestion,
  type CapabilitiesByNetwork,
  type IndicateQuestion,
  type ResolveContactAnswer,
  type ResolveContactQuestion,
} from '@causeway/people';
import { type Clock, type Config, type TlsIdentity } from '@causeway/platform';
import { PrivateClients } from '@causeway/platform/server';
import { z } from 'zod';

const ANSWER_WITHIN_MS = 5_000;
/** Leg keys live minutes, and a fresh one is listed before it is needed. */
const REMEMBER_MS = 10_000;

const edgeState = z.custom<EdgeState>((value) => edgeStateShape.safeParse(value).success);
const edgeStateShape = z.object({
  identity: z.string(),
  bundle: z.object({ bytes: z.string(), signature: z.string() }),
  livingKeys: z.array(z.object({ keyId: z.string(), destroyAt: z.number() })),
  networks: z.array(
    z.object({
      network: z.string(),
      isSimulated: z.boolean(),
      regions: z.array(z.string()),
    }),
  ),
  bridgeNumbers: z.array(z.string()),
});
const capabilitiesAnswer = z.custom<CapabilitiesByNetwork>((value) => capabilitiesShape.safeParse(value).success);
const capabilitiesShape = z.record(z.string(), z.object({ features: z.object({}), limits: z.object({}) }));
const contactAnswer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('contact'),
    contact: z.string(),
    conversation: z.string(),
    country: z.string(),
    lineType: z.string(),
    native: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('refused'),
    code: z.enum(['edge-key-stale', 'invalid-address', 'rate-limited', 'no-bridge-number']),
  }),
]);

const beginAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('begun'), challenge: z.string(), expiresAt: z.string() }),
  z.object({
    kind: z.literal('refused'),
    code: z.enum(['edge-key-stale', 'invalid-address', 'rate-limited', 'unavailable']),
  }),
]);
const proveAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('linked') }),
  z.object({ kind: z.literal('refused'), code: z.enum(['code-wrong', 'too-many-links']) }),
]);

/** Asks the edges, one after the other in turn; where one is silent, the next. What an edge says of itself is remembered for a moment. */
@Injectable()
export class EdgeDeskClient implements EdgeDesk, OnApplicationShutdown {
  private readonly edges: PrivateClients;
  private remembered: { readonly state: EdgeState; readonly untilMs: number } | undefined;
  /** By country: there are some 250 of them. */
  private readonly carried = new Map<string, { readonly answer: CapabilitiesByNetwork; readonly untilMs: number }>();

  constructor(
    config: Pick<Config, 'edgeRpc'>,
    tls: TlsIdentity | undefined,
    private readonly clock: Clock,
  ) {
    this.edges = new PrivateClients(config.edgeRpc, tls, 'in-turn');
  }

  async describe(): Promise<EdgeState> {
    if (this.remembered && this.clock.nowMs() < this.remembered.untilMs) return this.remembered.state;
    return this.describeFresh();
  }

  async describeFresh(): Promise<EdgeState> {
    const state = edgeState.parse(await this.ask(EDGE_QUESTIONS.describe, {}));
    this.remembered = { state, untilMs: this.clock.nowMs() + REMEMBER_MS };
    return state;
  }

  async capabilities(country: string): Promise<CapabilitiesByNetwork> {
    const known = this.carried.get(country);
    if (known && this.clock.nowMs() < known.untilMs) return known.answer;
    const answer = capabilitiesAnswer.parse(await this.ask(EDGE_QUESTIONS.capabilities, { country }));
    this.carried.set(country, { answer, untilMs: this.clock.nowMs() + REMEMBER_MS });
    return answer;
  }

  async indicate(question: IndicateQuestion): Promise<void> {
    await this.ask(EDGE_QUESTIONS.indicate, question);
  }

  async resolveContact(question: ResolveContactQuestion): Promise<ResolveContactAnswer> {
    return contactAnswer.parse(await this.ask(EDGE_QUESTIONS.resolveContact, question));
  }

  async beginLink(question: ResolveContactQuestion): Promise<BeginLinkAnswer> {
    return beginAnswer.parse(await this.ask(EDGE_QUESTIONS.beginLink, question));
  }

  async proveLink(question: ProveLinkQuestion): Promise<ProveLinkAnswer> {
    return proveAnswer.parse(await this.ask(EDGE_QUESTIONS.proveLink, question));
  }

  private ask(pattern: string, question: object): Promise<unknown> {
    return this.edges.ask(pattern, question, { timeoutMs: ANSWER_WITHIN_MS });
  }

  onApplicationShutdown(): void {
    this.edges.close();
  }
}
