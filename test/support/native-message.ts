import { randomBytes } from 'node:crypto';
import { planDigest, type MessageBody, type SendMessageRequest } from '@causeway/api-contract';
import { mintBoxId, mintConversationId, parseAddress, toBytes, type ConversationId } from '@causeway/message-model';
import { must, TENANT, type InProcess, type Person } from './in-process.js';
import { newMessageId } from './raw-device.js';

const LIFETIME_MS = 24 * 3_600_000;

export const nativeAddressOf = (uri: string) => {
  const address = parseAddress(uri);
  if (address?.kind !== 'native') throw new Error('not a native address');
  return address;
};

/** A box of noise for the person's device: neither gateway nor worker looks into one. */
export const boxFor = ({ device, caller }: Person) => ({
  deviceId: caller.device,
  registrationId: device.registrationId,
  sealKeyId: device.sealKeyId,
  boxId: mintBoxId(),
  box: toBytes(randomBytes(48)),
});

type NativeBody = Extract<MessageBody, { leg: 'native' }>;

export const nativeBody = (conversation: ConversationId, recipient: Person): NativeBody => ({
  leg: 'native',
  planDigest: planDigest({ tenant: TENANT, conversation, leg: 'native', networks: ['native'] }),
  recipient: [boxFor(recipient)],
  sync: [],
});

/** What a device sends before there is a grant: that there is a message, and to whom. */
export function headerTo(
  bridge: InProcess,
  address: string,
  changes: Partial<SendMessageRequest> = {},
): SendMessageRequest {
  return {
    messageId: newMessageId(),
    to: { kind: 'address', address: nativeAddressOf(address), conversation: mintConversationId() },
    floor: 'sealed',
    deliverBefore: Math.floor((bridge.clock.nowMs() + LIFETIME_MS) / 1000),
    onUnknown: 'report',
    body: { leg: 'none', reason: 'consent' },
    ...changes,
  };
}

/** A sealed message in a granted conversation. */
export const messageTo = (
  bridge: InProcess,
  to: { readonly conversation: ConversationId; readonly recipient: Person },
  changes: Partial<SendMessageRequest> = {},
): SendMessageRequest => ({
  ...headerTo(bridge, to.recipient.caller.address),
  to: { kind: 'conversation', conversation: to.conversation },
  body: nativeBody(to.conversation, to.recipient),
  ...changes,
});

/** Two people who may write to each other. */
export async function befriended(bridge: InProcess) {
  return befriend(bridge, await bridge.person('ada'), await bridge.person('bob'));
}

/** `bob` lets `ada` write to them. */
export async function befriend(bridge: InProcess, ada: Person, bob: Person) {
  await bridge.decide.decide(bob.caller, ada.caller.address, 'grant');
  const header = headerTo(bridge, bob.caller.address);
  const { ref } = await bridge.send.execute(ada.caller, header);
  await bridge.drain.execute(must(bridge.wokenLanes.at(-1)));
  const { conversation } = must(await bridge.stores.consents.find(ada.caller, { address: bob.caller.address }));
  await bridge.cancel.execute(ada.caller, ref);
  await bridge.drain.execute(must(bridge.wokenLanes.at(-1)));
  for (const person of [ada, bob]) await clearInbox(bridge, person);
  return { ada, bob, conversation };
}

export async function clearInbox(bridge: InProcess, person: Person): Promise<void> {
  const rows = await bridge.inbox(person);
  if (rows.length > 0)
    await bridge.acknowledge.execute(
      person.caller,
      rows.map((row) => row.id),
    );
}
