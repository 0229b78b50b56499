import type { ClearNetwork } from '@causeway/api-contract';
import type { DeviceContext } from './device-context.js';

/**
 * Which other networks may be used for this account at all. Every clear network is off until the person turns it on; what waited for that
 * goes on. The account's, not only this device's.
 */
export class Interoperability {
  constructor(
    private readonly context: DeviceContext,
    private readonly goOn: () => Promise<void>,
  ) {}

  async set(network: ClearNetwork, isOn: boolean): Promise<void> {
    const others = (await this.list()).filter((on) => on !== network);
    await this.context.api.changePreferences({ networksOn: isOn ? [...others, network] : others });
    if (isOn) await this.goOn();
  }

  /** Networks that are on. */
  async list(): Promise<readonly ClearNetwork[]> {
    const { networksOn } = await this.context.api.preferences();
    return networksOn.toSorted();
  }
}
