import type { EdgeContext } from './edge-context.js';

/** Codes that no row of the adapter's table explains are counted: each is treated with the greatest caution until somebody adds it. */
export function noteUnknownCode(
  edge: Pick<EdgeContext, 'events'>,
  network: string,
  answer: { readonly vendorCode?: string; readonly isCodeUnknown?: true },
): void {
  if (answer.isCodeUnknown && answer.vendorCode !== undefined)
    edge.events.unknownVendorCode({ network, code: answer.vendorCode });
}
