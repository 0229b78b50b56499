import type { ClearPlan } from '@causeway/api-contract';
import type { OutgoingRecord, PermissionRecord } from './records.js';

/** Room for a clock that runs ahead of the gateway's. */
const CLOCK_MARGIN_SECONDS = 300;

/** The deadline is part of what is sealed and of the row that waits for it: it is fixed before either exists. */
export function boundedBy(record: OutgoingRecord, plan: ClearPlan, now: number): OutgoingRecord {
  if (record.gatewayId) return record;
  const longest = now + plan.maxLifetimeSeconds - CLOCK_MARGIN_SECONDS;
  return { ...record, deliverBefore: Math.min(record.deliverBefore, longest) };
}

/** Under a permission for the conversation a message lives no longer than that; one that the gateway has keeps its deadline. */
export function withinPermission(record: OutgoingRecord, given: PermissionRecord | undefined): OutgoingRecord {
  if (record.gatewayId || !given) return record;
  return { ...record, deliverBefore: Math.min(record.deliverBefore, given.until) };
}
