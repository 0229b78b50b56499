import type { AccountId } from '@causeway/message-model';
import { openDeviceList, type LinkedParty } from '@causeway/signal-protocol';
import type { StoredDeviceList } from '@causeway/storage';

/** What a link is checked against: the key and the list of an account as they are stored. */
export function linkedParty(stored: readonly StoredDeviceList[], account: AccountId): LinkedParty | undefined {
  const found = stored.find((one) => one.account === account);
  const list = found && openDeviceList(found, found.accountKey);
  return found && list && { accountKey: found.accountKey, list };
}
