import { randomBytes } from 'node:crypto';
import { planDigest, toWireJson } from '@causeway/api-contract';
import { messageIdFromBytes, mintBoxId, toBytes, type MessageId } from '@causeway/message-model';
import { sealToDevice } from '@causeway/signal-protocol';
import { SEEDED, type BenchDevice, type BenchPair } from '../site/seed-accounts.js';

/** A message as it goes over the wire, and the boxes that have to arrive. */
export interface PreparedMessage {
  readonly token: string;
  readonly messageId: string;
  readonly body: string;
  readonly boxIds: readonly string[];
}

/** `sealed` boxes could be opened; `noise` has their length, for loads too long to be sealed beforehand: no server looks into a box. */
export type Boxes = 'sealed' | 'noise';

/** A Signal message of 160 bytes of text is about 265 bytes in a session that was answered. */
const SIGNAL_MESSAGE_BYTES = 265;
/** The default of undelivered words. */
export const WEEK_SECONDS = 7 * 24 * 3600;

export function prepareMessage(
  pair: BenchPair,
  { boxes, lifetimeSeconds }: { readonly boxes: Boxes; readonly lifetimeSeconds: number },
): PreparedMessage {
  const [sender, other] = pair.sender;
  if (!sender || !other) throw new Error('a person has two devices');
  const messageId = messageIdFromBytes(Buffer.concat([Buffer.from([1]), randomBytes(31)]));
  if (!messageId) throw new Error('a message id is 32 bytes and begins with 1');
  const boxTo = boxes === 'sealed' ? sealedBox : noiseBox;
  const recipient = pair.recipient.map((device) => boxTo(pair, device, sender, messageId));
  const { tenant, conversation } = pair;
  const body = toWireJson({
    messageId,
    to: { kind: 'conversation', conversation },
    deliverBefore: Math.floor(Date.now() / 1000) + lifetimeSeconds,
    body: {
      leg: 'native',
      planDigest: planDigest({ tenant, conversation, leg: 'native', networks: ['native'] }),
      recipient,
      sync: [boxTo(pair, other, sender, messageId)],
    },
  });
  return { token: sender.token, messageId, body, boxIds: recipient.map((box) => box.boxId) };
}

function sealedBox(pair: BenchPair, device: BenchDevice, sender: BenchDevice, messageId: MessageId) {
  const boxId = mintBoxId();
  const { account, deviceId } = device;
  const box = sealToDevice({
    context: { tenant: pair.tenant, account, device: deviceId, sealKeyId: SEEDED.sealKeyId, boxId },
    sealPublicKey: device.sealKey,
    body: {
      leg: 'native',
      messageId,
      senderAccount: sender.account,
      senderDevice: sender.deviceId,
      signalType: 'message',
      signalMessage: toBytes(randomBytes(SIGNAL_MESSAGE_BYTES)),
    },
  });
  return addressed(device, boxId, box);
}

let sealedBytes: number | undefined;

function noiseBox(pair: BenchPair, device: BenchDevice, sender: BenchDevice, messageId: MessageId) {
  sealedBytes ??= sealedBox(pair, device, sender, messageId).box.length;
  return addressed(device, mintBoxId(), toBytes(randomBytes(sealedBytes)));
}

const addressed = (
  { deviceId }: BenchDevice,
  boxId: ReturnType<typeof mintBoxId>,
  box: ReturnType<typeof toBytes>,
) => ({ deviceId, registrationId: SEEDED.registrationId, sealKeyId: SEEDED.sealKeyId, boxId, box });
