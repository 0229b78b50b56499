/** For tests that look into the folder of a device that is closed. */
export { DeviceStore } from '../device-store.js';
export { RECORDS } from '../records.js';
export { ScriptedGateway, problem, type Script, type ScriptedAnswer, type ScriptedCall } from './scripted-gateway.js';
