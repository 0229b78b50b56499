import { Controller, Inject } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { parseAccountId, parseDeviceId, parseTenantId, toBase64Url } from '@causeway/message-model';
import { EDGE_QUESTIONS, type EdgeState, type OfferedNetwork, type ResolveContactAnswer } from '@causeway/people';
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
    };
  }

  @MessagePattern(EDGE_QUESTIONS.resolveContact)
  async resolve(@Payload() question: unknown): Promise<ResolveContactAnswer> {
    const { keyId, sealedAddress, ...named } = contactQuestion.parse(question);
    const [tenant, account, device] = [
      parseTenantId(named.tenant),
      parseAccountId(named.account),
      parseDeviceId(named.device),
    ];
    if (!tenant || !account || !device) return { kind: 'refused', code: 'invalid-address' };
    return this.edge.resolveContact.execute({ tenant, account, device, keyId, sealedAddress });
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
