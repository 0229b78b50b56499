import type { DeviceEvents } from './device-events.js';
import type { TrustError } from './trust-error.js';

/** Tells the person of a lie, also when it was met in the background and nobody catches what is thrown. Returns the error to throw. */
export function told(events: DeviceEvents, error: TrustError): TrustError {
  events.emit('trust-problem', { reason: error.reason, about: error.about });
  return error;
}
