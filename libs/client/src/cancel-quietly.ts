import type { DeviceContext } from './device-context.js';
import { ProblemError } from './problem-error.js';

/** The row of a former id: gone, ended or cancelled is all the same to us. */
export async function cancelQuietly(context: DeviceContext, gatewayId: string): Promise<void> {
  try {
    await context.api.cancelMessage(gatewayId);
  } catch (error) {
    if (!(error instanceof ProblemError) || (error.code !== 'not-found' && error.code !== 'not-cancellable'))
      throw error;
  }
}
