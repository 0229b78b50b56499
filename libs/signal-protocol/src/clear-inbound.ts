import { createHash } from 'node:crypto';
import { encodeCbor, equalBytes, toBytes, type Bytes } from '@causeway/message-model';
import { deviceBoxAad, type ClearBody, type DeviceBoxContext } from './device-box.js';
import { verify } from './key-pair.js';

/** Whoever holds an edge identity; its private key does not leave it. */
export interface EdgeSigner {
  readonly identityPublicKey: Bytes;
  sign(message: Uint8Array): Bytes;
}

/** A clear body before the edge has vouched for it. */
export type UnsignedClearBody = Omit<ClearBody, 'edgeIdentity' | 'signature'>;

const LABEL = 'causeway-clear-inbound-v1';

/** Vouches for words from a clear network, for exactly one box. PROTOCOL 4. */
export function signClearInbound(input: {
  readonly context: DeviceBoxContext;
  readonly body: UnsignedClearBody;
  readonly edge: EdgeSigner;
}): ClearBody {
  const signature = input.edge.sign(signedForm(input.body, input.context));
  return { ...input.body, edgeIdentity: input.edge.identityPublicKey, signature };
}

/** Whether the pinned edge identity vouched for this body in this box. */
export function verifyClearInbound(body: ClearBody, context: DeviceBoxContext, edgeIdentity: Uint8Array): boolean {
  return equalBytes(body.edgeIdentity, edgeIdentity) && verify(edgeIdentity, signedForm(body, context), body.signature);
}

const signedForm = (body: UnsignedClearBody, context: DeviceBoxContext): Bytes =>
  encodeCbor([
    LABEL,
    deviceBoxAad(context),
    body.leg,
    body.network,
    body.contactId,
    body.conversationId,
    body.bridgeNumber,
    body.senderUri,
    toBytes(createHash('sha256').update(body.content).digest()),
    body.messageId,
    body.receivedAt,
  ]);
