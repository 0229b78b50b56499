import { discloses, fromBase64Url } from '@causeway/message-model';
import { canReportRead, canShowTyping, type ClearAdapter, type Ends } from '@causeway/network-adapter';
import type { IndicateQuestion } from '@causeway/people';
import { Plaintext } from '@causeway/platform';
import { openIndication, type Indication } from '@causeway/signal-protocol';
import type { EdgeContext } from './edge-context.js';
import { numberAad } from './number-at-rest.js';

/** Whether the network was told. Whoever asked learns nothing of it. */
export type IndicateResult = 'indicated' | 'not-indicated';

/**
 * Tells a clear network that someone writes or has read, once, if their own switch allows it now: the edge asks the switch itself, so that
 * a device with an old answer tells nothing either.
 */
export class Indicate {
  constructor(
    private readonly edge: Pick<EdgeContext, 'keys' | 'contacts' | 'privacy' | 'adapters' | 'bridgeNumbers'>,
  ) {}

  async execute(question: IndicateQuestion): Promise<IndicateResult> {
    const { tenant, account } = question;
    const contact = await this.edge.contacts.sealed(tenant, question.contact);
    if (!contact || contact.account !== account || contact.isOptedOut || contact.isEnded) return 'not-indicated';
    const indication = await this.open(question);
    const disclosure = indication?.kind === 'typing' ? 'typing' : 'readReports';
    const switches = await this.edge.privacy.of({ tenant, account }, contact.conversation);
    const adapter = indication && this.edge.adapters.get(indication.network);
    const from = this.edge.bridgeNumbers.get(contact.bridgeNumberId);
    const number = this.edge.keys.openAtRest(contact.sealedNumber, numberAad(tenant, contact.contact));
    if (!adapter || from === undefined || !number || !discloses(switches, disclosure, 'clear')) return 'not-indicated';
    return tell(adapter, { from, to: new Plaintext(Buffer.from(number).toString('utf8')) }, indication);
  }

  private async open({ tenant, account, device, contact, keyId, sealed }: IndicateQuestion) {
    const { keys } = this.edge;
    const [bytes, legPrivateKey] = [fromBase64Url(sealed), await keys.findLegPrivateKey(keyId)];
    if (!bytes || !legPrivateKey) return undefined;
    const context = { tenant, region: keys.region, keyId, account, device, contact };
    const indication = openIndication({ context, legPrivateKey, sealed: bytes });
    legPrivateKey.fill(0);
    return indication;
  }
}

async function tell(adapter: ClearAdapter, ends: Ends, indication: Indication): Promise<IndicateResult> {
  const told =
    indication.kind === 'typing'
      ? canShowTyping(adapter) && (await adapter.showTyping(ends, indication.isTyping))
      : canReportRead(adapter) && (await adapter.reportRead(ends, indication.externalId));
  return told && told.kind === 'indicated' ? 'indicated' : 'not-indicated';
}
