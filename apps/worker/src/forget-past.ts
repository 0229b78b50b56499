import type { ProcessContext } from '@causeway/process-context';

/** Rows of the registry that carry the day on which they end, and what is kept of numbers and links for a while. */
export async function forgetPast({ stores, clock }: Pick<ProcessContext, 'stores' | 'clock'>): Promise<void> {
  const now = clock.now();
  await stores.discovery.forgetPast(now);
  await stores.tenants.forgetInvites(now);
  await stores.revokedStatements.forgetPast(now);
}
