import { Controller, Inject } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import {
  parseAccountId,
  parseChallengeId,
  parseContactId,
  parseDeviceId,
  parseTenantId,
  toBase64Url,
} from '@causeway/message-model';
import {
  EDGE_QUESTIONS,
  type BeginLinkAnswer,
  type CapabilitiesByNetwork,
  type EdgeState,
  type OfferedNetwork,
  type ProveLinkAnswer,
  type ResolveContactAnswer,
  type ResolveContactQuestion,
} from '@causeway/people';
import { z } from 'zod';
import { EDGE } from './edge-token.js';
import type { Edge } from './open-edge.js';

const asked = z.object({ tenant: z.string(), account: z.string(), device: z.int(), keyId: z.string() });
const contactQuestion = asked.extend({ sealedAddress: z.string() });
const indicateQuestion = asked.extend({ contact: z.string(), sealed: z.string() });
const capabilitiesQuestion = z.object({ country: z.string() });

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
      networks: this.networks(),
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
