import { WAKE_DEVICES, type DeviceWaker } from '@causeway/message-flow';
import { errorFields, PrivateClient, type Config, type Logger, type TlsIdentity } from '@causeway/platform';
import type { DeviceRef } from '@causeway/storage';

const ANSWER_WITHIN_MS = 2_000;

/**
 * Tells every gateway: any of them may hold the device's socket. One word carries all devices of a moment. A gateway that is away is no
 * loss: its sockets are gone too, and a device looks into its inbox when it connects.
 */
export class RemoteDeviceWaker implements DeviceWaker {
  private readonly gateways: readonly PrivateClient[];
  private waiting = new Map<string, DeviceRef>();

  constructor(
    config: Pick<Config, 'gatewayRpc'>,
    tls: TlsIdentity | undefined,
    private readonly log: Logger,
  ) {
    this.gateways = config.gatewayRpc.map((address) => new PrivateClient(address, tls));
  }

  wake(devices: readonly DeviceRef[]): void {
    if (devices.length === 0) return;
    if (this.waiting.size === 0) setImmediate(() => void this.tell());
    for (const { tenant, account, device } of devices)
      this.waiting.set(`${tenant} ${account} ${device}`, { tenant, account, device });
  }

  private async tell(): Promise<void> {
    const devices = [...this.waiting.values()];
    this.waiting = new Map();
    await Promise.all(this.gateways.map((gateway) => this.tellOne(gateway, devices)));
  }

  private async tellOne(gateway: PrivateClient, devices: readonly DeviceRef[]): Promise<void> {
    try {
      await gateway.ask(WAKE_DEVICES, { devices }, { timeoutMs: ANSWER_WITHIN_MS });
    } catch (thrown) {
      this.log.debug('devices.wake-lost', { count: devices.length, ...errorFields(thrown) });
    }
  }

  close(): void {
    for (const gateway of this.gateways) gateway.close();
  }
}
