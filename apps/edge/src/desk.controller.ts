import { Controller, Inject } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { parseAccountId, parseContactId, parseDeviceId, parseTenantId, toBase64Url } from '@causeway/message-model';
import {
  EDGE_QUESTIONS,
  type CapabilitiesByNetwork,
  type EdgeState,
  type OfferedNetwork,
  type ResolveContactAnswer,
} from '@causeway/people';
import { z } from 'zod';
import { EDGE } from './edge-token.js';
import type { Edge } from './open-edge.js';

const asked = z.object({ tenant: z.string(), account: z.string(), device: z.int(), keyId: z.string() });
const contactQuestion = asked.extend({ sealedAddress: z.string() });
const indicateQuestion = asked.extend({ contact: z.string(), sealed: z.string() });
const capabilitiesQuestion = z.object({ country: z.string() });

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
      networks: this.networks(),
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

  @MessagePattern(EDGE_QUESTIONS.capabilities)
  async capabilities(@Payload() question: unknown): Promise<CapabilitiesByNetwork> {
    const { country } = capabilitiesQuestion.parse(question);
    const adapters = [...this.edge.context.adapters.values()];
    return Object.fromEntries(
      await Promise.all(
        adapters.map(async (adapter) => [adapter.network, await adapter.capabilities({ country })] as const),
      ),
    );
  }

  @MessagePattern(EDGE_QUESTIONS.indicate)
  async indicate(@Payload() question: unknown): Promise<{ readonly kind: 'heard' }> {
    const { keyId, sealed, ...named } = indicateQuestion.parse(question);
    const [tenant, account, device, contact] = [
      parseTenantId(named.tenant),
      parseAccountId(named.account),
      parseDeviceId(named.device),
      parseContactId(named.contact),
    ];
    if (tenant && account && device && contact)
      await this.edge.indicate.execute({ tenant, account, device, contact, keyId, sealed });
    return { kind: 'heard' };
  }

  private networks(): readonly OfferedNetwork[] {
    return [...this.edge.context.adapters.values()].map(({ network, isSimulated, regions }) => ({
      network,
      isSimulated,
      regions,
    }));
  }
}
