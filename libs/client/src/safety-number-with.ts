import { safetyNumber } from '@causeway/signal-protocol';
import type { DeviceContext } from './device-context.js';
import type { Peers } from './peers.js';

/** Over both account keys as this device believes them. Throws while nothing was exchanged with the address. */
export async function safetyNumberWith({ own }: DeviceContext, peers: Peers, remoteAddress: string): Promise<string> {
  const { pin } = await peers.get(remoteAddress);
  if (!pin) throw new Error('nothing was exchanged with this address yet');
  const { address: localAddress, accountKey: localAccountKey } = own.current;
  return safetyNumber({ localAddress, localAccountKey, remoteAddress, remoteAccountKey: pin.accountKey });
}
