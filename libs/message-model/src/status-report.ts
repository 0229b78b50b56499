import { decodeExactCbor, encodeCbor, type Bytes } from './bytes.js';
import { MEDIA_TYPE, type MimiContent } from './content.js';
import { messageIdFromBytes, messageIdToBytes, parseMessageId, type MessageId } from './ids.js';
import { demand, isList, malformed } from './malformed-content.js';
import { mediaTypeOf } from './media-type.js';

/** The position is the number on the wire (draft-mahy-mimi-message-status). */
const STATUSES = ['unread', 'delivered', 'read', 'expired', 'deleted', 'hidden', 'error'] as const;

/** What a device says about a message it received; numbers without a name, 7 to 255, are kept and mean nothing to us. */
export type ReportedStatus = (typeof STATUSES)[number] | { readonly unknown: number };

/** One entry of a report. */
export interface MessageStatus {
  readonly messageId: MessageId;
  readonly status: ReportedStatus;
}

/** In the order they were reported; a message may appear more than once, and then the last one holds. */
export type StatusReport = readonly MessageStatus[];

/** The content of a part of type `application/mimi-message-status`. Throws `CausewayError('malformed-content')` for an id or an unknown number that has no place in a report. */
export function encodeStatusReport(report: StatusReport): Bytes {
  const fields = report.map(({ messageId, status }) => {
    demand(parseMessageId(messageId) !== undefined, 'a reported message id is not 32 bytes of sha-256 form');
    return [messageIdToBytes(messageId), numberOf(status)];
  });
  return encodeCbor(fields);
}

/** Reads the content of a part of type `application/mimi-message-status`. Throws `CausewayError('malformed-content')`. */
export function decodeStatusReport(bytes: Uint8Array): StatusReport {
  const value = decodeOrRefuse(bytes);
  demand(Array.isArray(value), 'the report is not an array');
  return value.map(readStatus);
}

/** The report a message carries; `undefined` when it carries none. A report that is malformed throws as `decodeStatusReport` does. */
export function statusReportOf(content: MimiContent): StatusReport | undefined {
  const { part } = content;
  const isReport = part.kind === 'single' && mediaTypeOf(part.contentType) === MEDIA_TYPE.statusReport;
  return isReport ? decodeStatusReport(part.content) : undefined;
}

function decodeOrRefuse(bytes: Uint8Array): unknown {
  try {
    return decodeExactCbor(bytes);
  } catch {
    throw malformed('the report is not deterministic CBOR');
  }
}

function readStatus(entry: unknown): MessageStatus {
  demand(isList(entry) && entry.length === 2, 'an entry of the report is not a pair');
  const [idBytes, number] = entry;
  const messageId = idBytes instanceof Uint8Array ? messageIdFromBytes(idBytes) : undefined;
  demand(messageId !== undefined, 'a reported message id is not 32 bytes of sha-256 form');
  demand(isStatusNumber(number), 'a reported status is not between 0 and 255');
  return { messageId, status: STATUSES[number] ?? { unknown: number } };
}

function numberOf(status: ReportedStatus): number {
  if (typeof status === 'string') return STATUSES.indexOf(status);
  const isUnknown = isStatusNumber(status.unknown) && status.unknown >= STATUSES.length;
  demand(isUnknown, 'an unknown status is between 7 and 255');
  return status.unknown;
}

const isStatusNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xff && !Object.is(value, -0);
