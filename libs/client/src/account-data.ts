import type { AccountErased, AccountExport } from '@causeway/api-contract';
import { parseTenantId } from '@causeway/message-model';
import { signAccountErasure } from '@causeway/signal-protocol';
import { nowSeconds, type DeviceContext } from './device-context.js';
import { NotPrimaryError } from './own-list.js';
import { ProblemError } from './problem-error.js';

export const exportAccount = ({ api }: DeviceContext): Promise<AccountExport> => api.exportAccount();

/** `undefined` when the account went and the answer that said so was lost. */
export async function eraseAccount({ api, own, ...context }: DeviceContext): Promise<AccountErased | undefined> {
  const { accountPrivateKey, account, ...self } = own.current;
  const tenant = parseTenantId(self.tenant);
  if (!accountPrivateKey || !tenant) throw new NotPrimaryError();
  // says now when the token is good for nothing, so that the same word below means that the account went
  await api.ownDevices();
  const signedAt = nowSeconds({ api, own, ...context });
  const erasure = signAccountErasure({ tenant, account, signedAt }, accountPrivateKey);
  try {
    return await api.eraseAccount(erasure);
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'unauthorized') return undefined;
    throw error;
  }
}
