import { WAKE_DEVICES, type DeviceWaker, type FreshItem } from '@causeway/message-flow';
import { errorFields, type Config, type Logger, type RpcAddress, type TlsIdentity } from '@causeway/platform';
import { PrivateClient } from '@causeway/platform/server';
import type { DeviceRef } from '@causeway/storage';

const ANSWER_WITHIN_MS = 2_000;
/** Devices one word may name: the gateway takes no more. */
const DEVICES_A_WORD = 10_000;

/**
 * Tells every gateway: any of them may hold the device's socket. One word carries all devices of a moment, and while a gateway has not
 * answered the last word, those of the next. A word that a gateway never got costs time and no message: a gateway that is away has no
 * sockets, a device looks into its inbox when it connects, and at each ping a gateway looks for its devices by itself.
 */
export class RemoteDeviceWaker implements DeviceWaker {
  private readonly gateways: readonly Gateway[];

  constructor(config: { readonly gatewayRpc: readonly RpcAddress[] }, tls: TlsIdentity | undefined, log: Logger) {
    this.gateways = config.gatewayRpc.map((address) => new Gateway(new PrivateClient(address, tls), log));
  }

  /** For a gateway: all but itself. */
  static ofOtherGateways(
    config: Pick<Config, 'gatewayRpc' | 'gatewayRpcListen'>,
    tls: TlsIdentity | undefined,
    log: Logger,
  ): RemoteDeviceWaker {
    const others = config.gatewayRpc.filter((address) => !isSame(address, config.gatewayRpcListen));
    return new RemoteDeviceWaker({ gatewayRpc: others }, tls, log);
  }

  wake(devices: readonly DeviceRef[]): void {
    if (devices.length === 0) return;
    for (const gateway of this.gateways) gateway.add(devices);
  }

  bring(items: readonly FreshItem[]): void {
    this.wake(items.map(({ device }) => device));
  }

  close(): void {
    for (const gateway of this.gateways) gateway.close();
  }
}

const isSame = (one: RpcAddress, other: RpcAddress): boolean => JSON.stringify(one) === JSON.stringify(other);

/** One gateway and what it has not been told yet. */
class Gateway {
  private waiting = new Map<string, DeviceRef>();
  private isTelling = false;

  constructor(
    private readonly client: PrivateClient,
    private readonly log: Logger,
  ) {}

  add(devices: readonly DeviceRef[]): void {
    for (const { tenant, account, device } of devices)
      this.waiting.set(`${tenant} ${account} ${device}`, { tenant, account, device });
    if (this.isTelling) return;
    this.isTelling = true;
    setImmediate(() => void this.tellAll());
  }

  close(): void {
    this.client.close();
  }

  private async tellAll(): Promise<void> {
    while (this.waiting.size > 0) {
      const devices = [...this.waiting.values()];
      this.waiting = new Map();
      for (let start = 0; start < devices.length; start += DEVICES_A_WORD)
        await this.tell(devices.slice(start, start + DEVICES_A_WORD));
    }
    this.isTelling = false;
  }

  private async tell(devices: readonly DeviceRef[]): Promise<void> {
    try {
      await this.client.ask(WAKE_DEVICES, { devices }, { timeoutMs: ANSWER_WITHIN_MS });
    } catch (thrown) {
      this.log.debug('devices.wake-lost', { count: devices.length, ...errorFields(thrown) });
    }
  }
}
