import { mintContactId, mintConversationId, utf8 } from '@causeway/message-model';
import type { ResolveContactAnswer, ResolveContactQuestion } from '@causeway/people';
import { gapClassOf } from './gap-class.js';
import type { ContactSummary } from '@causeway/storage';
import type { EdgeContext } from './edge-context.js';
import { findNative } from './find-native.js';
import { numberAad } from './number-at-rest.js';
import { describeNumber, openNumber } from './open-number.js';

/** New contacts of one account in a day, and accounts that may ask for one number anew in a day (PROTOCOL 3). */
const CONTACTS_PER_DAY = 50;
/** A new number is compared with so many of the account's last (PROTOCOL 3). */
const NUMBERS_COMPARED = 20;
const ASKERS_PER_DAY = 200;
const DAY_MS = 24 * 3_600_000;

/**
 * Opens a number that a device sealed to the edge, and gives out a random contact in its place. The number goes no further. Whoever linked
 * the number and may be found by this asker is named beside it; of every other number, registered or not, the answer is the same, and so is
 * the work: the contact is made for all of them, and counts against the same limit.
 */
export class ResolveContact {
  constructor(private readonly edge: EdgeContext) {}

  async execute(question: ResolveContactQuestion): Promise<ResolveContactAnswer> {
    const opened = await openNumber(this.edge, question);
    if (opened.kind === 'refused') return opened;
    const { tenant, account } = question;
    // a number of our own answers nobody, and would send back what it is sent
    if ([...this.edge.bridgeNumbers.values()].includes(opened.e164))
      return { kind: 'refused', code: 'invalid-address' };
    const known = await this.known(question, opened.e164);
    const contact = known?.isEnded
      ? await this.renewed(question, known, opened.e164)
      : (known ?? (await this.made(question, opened.e164)));
    if (contact === 'no-bridge-number') this.edge.events.bridgeNumberShort({ by: 'contact' });
    if (typeof contact === 'string') return { kind: 'refused', code: contact };
    const found = await findNative(this.edge, { tenant, account }, opened.e164);
    await this.edge.contacts.setLinked({ tenant, contact: contact.contact }, found);
    return { kind: 'contact', ...contact, native: found?.address ?? null };
  }

  private async latestOf({
    tenant,
    account,
  }: Pick<ResolveContactQuestion, 'tenant' | 'account'>): Promise<readonly string[]> {
    const latest = await this.edge.numbers.latestNumbers(tenant, account, NUMBERS_COMPARED);
    return latest.flatMap(({ contact, sealedNumber }) => {
      const number = this.edge.keys.openAtRest(sealedNumber, numberAad(tenant, contact));
      return number ? [Buffer.from(number).toString()] : [];
    });
  }

  /** The number of an ended contact is somebody else's now: another contact and another conversation. */
  private async renewed({ tenant, account }: ResolveContactQuestion, ended: ContactSummary, e164: string) {
    const contact = mintContactId();
    const made = {
      contact,
      conversation: mintConversationId(),
      sealedNumber: this.edge.keys.sealAtRest(utf8(e164), numberAad(tenant, contact)),
      now: this.edge.clock.now(),
    };
    return (await this.edge.standings.renew({ tenant, account, contact: ended.contact }, made)) ?? ended;
  }

  private async known({ tenant, account }: ResolveContactQuestion, e164: string) {
    for (const { digest } of this.edge.keys.numberDigests('contact', tenant, e164)) {
      const found = await this.edge.contacts.byDigest(tenant, account, digest);
      if (found) return found;
    }
    return undefined;
  }

  private async made({ tenant, account }: ResolveContactQuestion, e164: string) {
    const { keys, contacts, clock } = this.edge;
    const since = new Date(clock.nowMs() - DAY_MS);
    if ((await contacts.countSince(tenant, account, since)) >= CONTACTS_PER_DAY) return 'rate-limited';
    if (!(await this.mayAsk({ tenant, account }, e164))) return 'rate-limited';
    const contact = mintContactId();
    const { version, digest } = keys.numberDigest('contact', tenant, e164);
    const bindings = keys.numberDigests('binding', tenant, e164).map((one) => one.digest);
    return contacts.create({
      tenant,
      account,
      contact,
      conversation: mintConversationId(),
      contactDigest: digest,
      bindingDigest: keys.numberDigest('binding', tenant, e164).digest,
      formerBindingDigests: bindings,
      digestVersion: version,
      optOutDigests: keys.numberDigests('opt-out', tenant, e164).map((one) => one.digest),
      sealedNumber: keys.sealAtRest(utf8(e164), numberAad(tenant, contact)),
      bridgeNumberIds: [...this.edge.bridgeNumbers.keys()],
      ...describeNumber(e164),
      gapClass: gapClassOf(e164, await this.latestOf({ tenant, account })),
      now: clock.now(),
    });
  }

  /** By keyed digests that are dropped after their day. */
  private mayAsk(
    { tenant, account }: Pick<ResolveContactQuestion, 'tenant' | 'account'>,
    e164: string,
  ): Promise<boolean> {
    const { digests, clock, discovery, keys } = this.edge;
    const now = clock.now();
    const number = Buffer.from(keys.numberDigest('link', tenant, e164).digest).toString('base64url');
    return discovery.ask(
      {
        asker: digests.of(['asks-number', tenant, account], now).digest,
        target: digests.of(['asked-number', tenant, number], now).digest,
        now,
      },
      { targetsOfAsker: CONTACTS_PER_DAY, askersOfTarget: ASKERS_PER_DAY },
    );
  }
}
