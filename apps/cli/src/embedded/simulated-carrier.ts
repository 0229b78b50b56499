import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Foreground } from './in-foreground.js';
import { startChild } from './child-process.js';

/** Of the range that is reserved for fiction; one phone can be written to by as many people as there are numbers. */
const BRIDGE_NUMBERS = Array.from({ length: 8 }, (_, index) => `+${14_155_550_100 + index}`);

/** Settings by which the edge takes the pretend carrier for Twilio, with a pretend RCS network beside it. The tokens live as long as both processes. */
export const simulatedCarrierSettings = (port: number): Readonly<Record<`CAUSEWAY_${string}`, string>> => ({
  CAUSEWAY_SIMULATOR_PORT: String(port),
  CAUSEWAY_SMS_PROVIDER: 'twilio',
  CAUSEWAY_TWILIO_ACCOUNT_SID: `AC${'1'.padStart(32, '0')}`,
  CAUSEWAY_TWILIO_AUTH_TOKEN: randomBytes(16).toString('hex'),
  CAUSEWAY_TWILIO_API_URL: `http://127.0.0.1:${port}`,
  CAUSEWAY_RCS_API_URL: `http://127.0.0.1:${port}/rcs`,
  CAUSEWAY_RCS_ACCESS_TOKEN: randomBytes(16).toString('hex'),
  CAUSEWAY_RCS_CLIENT_TOKEN: randomBytes(16).toString('hex'),
  CAUSEWAY_SMS_MEDIA: 'on',
  CAUSEWAY_BRIDGE_NUMBERS: BRIDGE_NUMBERS.join(','),
});

/**
 * Starts the pretend carrier as a child, on the port of its settings, with the faults in the file if one is named. Nothing it is given
 * reaches a phone.
 */
export async function startSimulatedCarrier({ env, teardown, signal }: Foreground, faultsFile?: string): Promise<void> {
  const args = faultsFile === undefined ? [] : ['--faults-file', resolve(faultsFile)];
  const simulator = await startChild('simulator', { env, signal, args, isSilent: true });
  teardown.add('simulator', () => simulator.stop());
}
