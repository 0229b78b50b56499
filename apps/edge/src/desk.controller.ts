import { Controller, Inject } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { parseAccountId, parseChallengeId, parseDeviceId, parseTenantId, toBase64Url } from '@causeway/message-model';
import {
  EDGE_QUESTIONS,
  type BeginLinkAnswer,
  type EdgeState,
  type OfferedNetwork,
  type ProveLinkAnswer,
  type ResolveContactAnswer,
  type ResolveContactQuestion,
} from '@causeway/people';
import { z } from 'zod';
import { EDGE } from './edge-token.js';
import type { Edge } from './open-edge.js';

const contactQuestion = z.object({
  tenant: z.string(),
  account: z.string(),
  device: z.int(),
  keyId: z.string(),
  sealedAddress: z.string(),
});

const proofQuestion = z.object({
  tenant: z.string(),
  account: z.string(),
  challenge: z.string(),
  code: z.string(),
});

function sealedNumber(question: unknown): ResolveContactQuestion | undefined {
  const { keyId, sealedAddress, ...named } = contactQuestion.parse(question);
  const tenant = parseTenantId(named.tenant);
  const account = parseAccountId(named.account);
  const device = parseDeviceId(named.device);
  return tenant && account && device ? { tenant, account, device, keyId, sealedAddress } : undefined;
}

/** Answers our own processes, over a private transport. */
@Controller()
export class DeskController {
  constructor(@Inject(EDGE) private readonly edge: Edge) {}

  @MessagePattern(EDGE_QUESTIONS.describe)
  async describe(): Promise<EdgeState> {
    const { keys } = this.edge.context;
    const { bytes, signature } = keys.bundle();
    return {
      identity: toBase64Url(keys.identityPublicKey),
      bundle: { bytes: toBase64Url(bytes), signature: toBase64Url(signature) },
      livingKeys: keys.livingKeys(),
      networks: await this.networks(),
      bridgeNumbers: [...this.edge.context.bridgeNumbers.values()],
    };
  }

  @MessagePattern(EDGE_QUESTIONS.resolveContact)
  async resolve(@Payload() question: unknown): Promise<ResolveContactAnswer> {
    const asked = sealedNumber(question);
    return asked ? this.edge.resolveContact.execute(asked) : { kind: 'refused', code: 'invalid-address' };
  }

  @MessagePattern(EDGE_QUESTIONS.beginLink)
  async beginLink(@Payload() question: unknown): Promise<BeginLinkAnswer> {
    const asked = sealedNumber(question);
    return asked ? this.edge.proveNumber.begin(asked) : { kind: 'refused', code: 'invalid-address' };
  }

  @MessagePattern(EDGE_QUESTIONS.proveLink)
  async proveLink(@Payload() question: unknown): Promise<ProveLinkAnswer> {
    const named = proofQuestion.parse(question);
    const tenant = parseTenantId(named.tenant);
    const account = parseAccountId(named.account);
    const challenge = parseChallengeId(named.challenge);
    if (!tenant || !account || !challenge) return { kind: 'refused', code: 'code-wrong' };
    return this.edge.proveNumber.prove({ tenant, account, challenge, code: named.code });
  }

  private async networks(): Promise<readonly OfferedNetwork[]> {
    const offered: OfferedNetwork[] = [];
    for (const adapter of this.edge.context.adapters.values()) {
      const { network, isSimulated, regions } = adapter;
      if (network !== 'sms' && network !== 'rcs') continue;
      offered.push({ network, isSimulated, regions, capabilities: await adapter.capabilities({}) });
    }
    return offered;
  }
}
