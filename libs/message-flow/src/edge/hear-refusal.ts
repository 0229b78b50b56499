import type { ContactId, TenantId } from '@causeway/message-model';
import type { AttemptOutcome, ClearMessage } from '@causeway/storage';
import { consentingPerson } from './consenting-person.js';
import { deliveryOutcomeOf } from './delivery-outcome.js';
import type { EdgeContext } from './edge-context.js';
import { numberAad } from './number-at-rest.js';

/**
 * What a refusal says of the person. One that nobody has the number says since when another person may have it. A carrier that refuses
 * because the person said STOP knows something our record should know too: its own word may have been heard while we were away, or by
 * another system on the same number. One record, so nothing more is sent there (Twilio 21610).
 */
export async function hearRefusal(
  edge: Pick<EdgeContext, 'keys' | 'clock' | 'contacts' | 'standings' | 'bridgeNumbers' | 'links'>,
  of: { readonly tenant: TenantId; readonly contact: ContactId; readonly reason: string | undefined },
): Promise<void> {
  if (of.reason === 'recipient-unknown') await edge.standings.markUnknown(of.tenant, of.contact, edge.clock.now());
  if (of.reason !== 'recipient-opted-out' && of.reason !== 'recipient-unknown') return;
  const contact = await edge.contacts.sealed(of.tenant, of.contact);
  const bridgeNumber = contact && edge.bridgeNumbers.get(contact.bridgeNumberId);
  const number = contact && edge.keys.openAtRest(contact.sealedNumber, numberAad(contact.tenant, contact.contact));
  if (!contact || bridgeNumber === undefined || !number) return;
  const e164 = Buffer.from(number).toString('utf8');
  // a number out of service will be somebody else's: its link ends (PROTOCOL 3)
  if (of.reason === 'recipient-unknown') {
    const digests = edge.keys.numberDigests('link', contact.tenant, e164).map(({ digest }) => digest);
    return edge.links.endNumber(contact.tenant, digests, edge.clock.now());
  }
  await edge.contacts.optOutAtCarrier(consentingPerson(edge, contact.tenant, { e164, bridgeNumber }));
}

/** What the end of an attempt says of the person, and of who wrote to them, whether the network told it or was asked. */
export async function hearOutcome(
  edge: Parameters<typeof hearRefusal>[0] & Pick<EdgeContext, 'conduct'>,
  {
    tenant,
    account,
    contact,
    isContactUnknown,
  }: Pick<ClearMessage, 'tenant' | 'account' | 'contact' | 'isContactUnknown'>,
  record: Pick<AttemptOutcome, 'state' | 'reason'>,
): Promise<void> {
  if (!contact) return;
  const kind = deliveryOutcomeOf(record);
  if (kind) edge.conduct.outcome({ tenant, sender: account, recipient: contact }, kind);
  // their phone took it, before the number could have gone to anyone else
  if (record.state === 'delivered' && isContactUnknown) await edge.standings.markKnown(tenant, contact);
  await hearRefusal(edge, { tenant, contact, reason: record.reason });
}
