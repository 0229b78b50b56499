export { generateKeyPair, sign, verify, isPublicKey, generateRegistrationId, type KeyPair } from './key-pair.js';
export { readDocument, refuse, FieldReader } from './field-reader.js';
export { isE164, type Signed } from './names.js';
export * from './device-list.js';
export * from './edge-bundle.js';
export * from './edge-box.js';
export * from './sealed-address.js';
export * from './sealed-indication.js';
export * from './key-loan.js';
export {
  sealToDevice,
  openAtDevice,
  type DeviceBoxBody,
  type DeviceBoxContext,
  type NativeBody,
  type ClearBody,
  type SignalType,
} from './device-box.js';
export * from './clear-inbound.js';
export * from './downgrade-statement.js';
export * from './account-link.js';
export * from './check-statement-form.js';
export * from './safety-number.js';
export * from './protocol-store.js';
export * from './pre-keys.js';
export * from './signal-device.js';
export * from './account-erasure.js';
