import { TOKEN_BYTES } from '@causeway/abuse-control';
import { concatBytes, messageIdFromBytes, messageIdToBytes, type Bytes, type MessageId } from '@causeway/message-model';

/** What travels beside a sealed box: under which id it was accepted, and the proof that it was. */
export interface ReportStamp {
  readonly messageId: MessageId;
  readonly token: Bytes;
}

/** A box itself begins with the type of its key, 0x05 at most. */
const STAMPED = 0xc5;
const ID_BYTES = 32;
const BOX_AT = 1 + TOKEN_BYTES + ID_BYTES;

/** A box as it lies in an inbox, with the stamp in front: it comes and goes with the box, and needs no column and no look-up of its own. */
export const stampBox = ({ messageId, token }: ReportStamp, box: Uint8Array): Bytes =>
  concatBytes(Uint8Array.of(STAMPED), token, messageIdToBytes(messageId), box);

/** The two apart again. Copies for the sender's own devices have no stamp. */
export function readStampedBox(body: Bytes): { readonly box: Bytes; readonly stamp: ReportStamp | undefined } {
  if (body[0] !== STAMPED || body.length <= BOX_AT) return { box: body, stamp: undefined };
  const messageId = messageIdFromBytes(body.subarray(1 + TOKEN_BYTES, BOX_AT));
  if (!messageId) return { box: body, stamp: undefined };
  return { box: body.subarray(BOX_AT), stamp: { messageId, token: body.subarray(1, 1 + TOKEN_BYTES) } };
}
