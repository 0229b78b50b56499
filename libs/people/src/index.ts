/** Accounts, devices, consent and routes: who may reach whom, and how. */
export { RegisterAccount, tokenDigest, type Registered } from './register-account.js';
export { UpdateDevices, UploadPreKeys } from './update-devices.js';
export * from './plan-route.js';
export * from './edge-desk.js';
export * from './conduct-listener.js';
export * from './decide-consent.js';
export * from './make-invite.js';
export * from './erase-account.js';
export * from './refuse-other-cell.js';
export * from './take-report.js';
export * from './tell-devices.js';
export * from './tell-switch.js';
export * from './choose-route.js';
export * from './route-vetoes.js';
export * from './explain-route.js';
export { requestIdOf } from '@causeway/storage';
export * from './decide-preferences.js';
export * from './revoke-statement.js';
