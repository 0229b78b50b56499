import { CausewayError } from '@causeway/message-model';
import type { EdgeDesk } from '@causeway/people';

/** What to do about a refusal, where the caller can do something. */
const DETAILS: Readonly<Record<string, string>> = {
  'no-bridge-number':
    'Every number of this gateway already talks to that telephone, or did in the last 180 days: the operator has to add one to CAUSEWAY_BRIDGE_NUMBERS',
  'rate-limited': 'This is as many numbers as may be asked for in a day: try again tomorrow',
};

/** The refusal of a number that was sealed to the edge. A stale key comes with the fresh ones, so that the device seals again. */
export async function refuseAsEdge(
  edge: EdgeDesk,
  code: 'edge-key-stale' | 'invalid-address' | 'rate-limited' | 'no-bridge-number' | 'unavailable',
): Promise<CausewayError> {
  if (code === 'edge-key-stale') {
    const { bundle } = await edge.describeFresh();
    return new CausewayError(code, { pointer: '/keyId', extensions: { edge: bundle } });
  }
  const detail = DETAILS[code];
  return new CausewayError(code, { pointer: '/sealedAddress', ...(detail === undefined ? {} : { detail }) });
}
