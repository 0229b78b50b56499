import { toWireJson } from '@causeway/api-contract';
import type { UnitOfWork } from './device-store.js';
import { RECORDS, type OutgoingRecord } from './records.js';

/** What every request about a message begins with. */
export const requestHead = (record: OutgoingRecord) => ({
  messageId: record.messageId,
  floor: record.floor,
  deliverBefore: record.deliverBefore,
  onUnknown: record.onUnknown,
});

/** What was decided while sealing; the state is left to whoever was told of it meanwhile. */
export async function keepRequest(unit: UnitOfWork, sealed: OutgoingRecord, body: unknown): Promise<string> {
  const request = toWireJson(body);
  const kept = (await unit.get(RECORDS.outgoing, sealed.messageId)) ?? sealed;
  const { statement, preview, deliverBefore } = sealed;
  unit.put(RECORDS.outgoing, sealed.messageId, { ...kept, statement, preview, deliverBefore, request });
  return request;
}
