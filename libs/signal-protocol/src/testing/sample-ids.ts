import { randomBytes } from 'node:crypto';
import {
  messageIdFromBytes,
  parseDeviceId,
  parseTenantId,
  type DeviceId,
  type MessageId,
  type TenantId,
} from '@causeway/message-model';

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('a sample that its own parser refuses');
  return value;
}

export const sampleTenant = (name: string = 'home'): TenantId => present(parseTenantId(name));
export const sampleDevice = (id: number): DeviceId => present(parseDeviceId(id));
export const sampleMessageId = (): MessageId => present(messageIdFromBytes(Buffer.from([1, ...randomBytes(31)])));
