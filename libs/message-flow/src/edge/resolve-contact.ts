import { fromBase64Url, mintContactId, mintConversationId, parseAddress, utf8 } from '@causeway/message-model';
import type { ResolveContactAnswer, ResolveContactQuestion } from '@causeway/people';
import { openAddress } from '@causeway/signal-protocol';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { numberAad } from './number-at-rest.js';
import type { EdgeContext } from './edge-context.js';

/** New contacts of one account in a day (PROTOCOL 3). */
const CONTACTS_PER_DAY = 50;
const DAY_MS = 24 * 3_600_000;

/** Opens a number that a device sealed to the edge, and gives out a random contact in its place. The number goes no further. */
export class ResolveContact {
  constructor(private readonly edge: EdgeContext) {}

  async execute(question: ResolveContactQuestion): Promise<ResolveContactAnswer> {
    const { keys, contacts, clock } = this.edge;
    const { tenant, account, device, keyId } = question;
    const legPrivateKey = await keys.findLegPrivateKey(keyId);
    const sealed = fromBase64Url(question.sealedAddress);
    if (!legPrivateKey) return { kind: 'refused', code: 'edge-key-stale' };
    const opened =
      sealed &&
      openAddress({
        context: { tenant, region: keys.region, keyId, account, device },
        legPrivateKey,
        sealedAddress: sealed,
      });
    legPrivateKey.fill(0);
    const address = opened === undefined ? undefined : parseAddress(opened);
    // a number of our own answers nobody, and would send back what it is sent
    const isOurs = address?.kind === 'phone' && [...this.edge.bridgeNumbers.values()].includes(address.e164);
    if (isOurs) return { kind: 'refused', code: 'invalid-address' };
    if (address?.kind !== 'phone') return { kind: 'refused', code: 'invalid-address' };
    const { e164 } = address;
    const known = await this.known(question, e164);
    const contact = mintContactId();
    const conversation = mintConversationId();
    const sealedNumber = keys.sealAtRest(utf8(e164), numberAad(tenant, contact));
    const made = { contact, conversation, sealedNumber, now: clock.now() };
    const renewed = known?.isEnded
      ? await contacts.renew({ tenant, account, contact: known.contact }, made)
      : undefined;
    if (known) return { kind: 'contact', ...(renewed ?? known) };
    if ((await contacts.countSince(tenant, account, new Date(clock.nowMs() - DAY_MS))) >= CONTACTS_PER_DAY)
      return { kind: 'refused', code: 'rate-limited' };
    const { version, digest } = keys.numberDigest('contact', tenant, e164);
    const created = await contacts.create({
      tenant,
      account,
      contact,
      conversation,
      contactDigest: digest,
      bindingDigest: keys.numberDigest('binding', tenant, e164).digest,
      digestVersion: version,
      optOutDigests: keys.numberDigests('opt-out', tenant, e164).map((one) => one.digest),
      sealedNumber,
      bridgeNumberIds: [...this.edge.bridgeNumbers.keys()],
      ...describeNumber(e164),
      now: clock.now(),
    });
    return created === 'no-bridge-number' ? { kind: 'refused', code: created } : { kind: 'contact', ...created };
  }

  private async known({ tenant, account }: ResolveContactQuestion, e164: string) {
    for (const { digest } of this.edge.keys.numberDigests('contact', tenant, e164)) {
      const found = await this.edge.contacts.byDigest(tenant, account, digest);
      if (found) return found;
    }
    return undefined;
  }
}

/** All that leaves the edge of a number: country and line type. */
function describeNumber(e164: string): { readonly country: string; readonly lineType: string } {
  const number = parsePhoneNumberFromString(e164);
  return { country: number?.country ?? 'ZZ', lineType: number?.getType() ?? 'unknown' };
}
