import { mintContactId, mintConversationId, readAliasCode, utf8, type TenantId } from '@causeway/message-model';
import type { InboundMessage } from '@causeway/network-adapter';
import { Plaintext } from '@causeway/platform';
import type { OpenAlias, SealedContact } from '@causeway/storage';
import { bridgeNumberId } from './bridge-numbers.js';
import type { EdgeContext } from './edge-context.js';
import { nameUnderAlias, numberAad } from './number-at-rest.js';
import { describeNumber } from './open-number.js';

/** Conversations that one alias takes; one that is handed to a single contact takes that one. */
const MOST_CONVERSATIONS = 500;

export interface ThroughAlias {
  readonly contact: SealedContact;
  /** Without the code. */
  readonly event: InboundMessage;
}

/**
 * A text that begins with the code of an alias opens a conversation with its owner, who gave the grant in advance by handing it out. The
 * owner learns a random contact and no number; the telephone knows a bridge number and no handle. Undefined for a code that is none, was
 * revoked or is past its time: such a text is like any other. `no-room`: the code is good and takes nobody else; what was written for its owner
 * is nothing for whoever else that telephone writes to.
 */
export async function openAlias(
  edge: EdgeContext,
  tenant: TenantId,
  event: InboundMessage,
): Promise<ThroughAlias | 'no-room' | undefined> {
  const read = readAliasCode(event.text.reveal());
  if (!read) return undefined;
  const alias = await edge.aliases.byCode(tenant, read.code, edge.clock.now());
  if (!alias) return undefined;
  const contact = (await known(edge, tenant, { alias, event })) ?? (await made(edge, tenant, { alias, event }));
  if (!contact) return 'no-room';
  const isOnlyCode = read.rest === '' && event.media.length === 0;
  return { contact, event: isOnlyCode ? event : { ...event, text: new Plaintext(read.rest) } };
}

type Arrived = { readonly alias: OpenAlias; readonly event: InboundMessage };

async function known(
  edge: EdgeContext,
  tenant: TenantId,
  { alias, event }: Arrived,
): Promise<SealedContact | undefined> {
  for (const { digest } of edge.keys.numberDigests(
    'contact',
    tenant,
    nameUnderAlias(alias.alias, event.from.reveal()),
  )) {
    const found = await edge.contacts.byDigest(tenant, alias.account, digest);
    if (found) return edge.contacts.sealed(tenant, found.contact);
  }
  return undefined;
}

/** Answers come from the number that was texted, where this telephone knows it for nobody else. */
async function made(
  edge: EdgeContext,
  tenant: TenantId,
  { alias, event }: Arrived,
): Promise<SealedContact | undefined> {
  if (alias.conversations >= (alias.kind === 'contact' ? 1 : MOST_CONVERSATIONS)) return undefined;
  const { keys, contacts, clock } = edge;
  const e164 = event.from.reveal();
  const texted = bridgeNumberId(event.to);
  const others = [...edge.bridgeNumbers.keys()].filter((id) => id !== texted);
  const contact = mintContactId();
  const { digest, version } = keys.numberDigest('contact', tenant, nameUnderAlias(alias.alias, e164));
  const created = await contacts.create({
    tenant,
    account: alias.account,
    contact,
    conversation: mintConversationId(),
    contactDigest: digest,
    bindingDigest: keys.numberDigest('binding', tenant, e164).digest,
    formerBindingDigests: keys.numberDigests('binding', tenant, e164).map((one) => one.digest),
    digestVersion: version,
    optOutDigests: keys.numberDigests('opt-out', tenant, e164).map((one) => one.digest),
    sealedNumber: keys.sealAtRest(utf8(e164), numberAad(tenant, contact)),
    bridgeNumberIds: [texted, ...others],
    ...describeNumber(e164),
    alias: alias.alias,
    now: clock.now(),
  });
  if (created !== 'no-bridge-number') return contacts.sealed(tenant, created.contact);
  edge.events.bridgeNumberShort({ by: 'alias' });
  return undefined;
}
