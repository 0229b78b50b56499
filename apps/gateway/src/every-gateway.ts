import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { DeviceWaker, FreshItem } from '@causeway/message-flow';
import type { RemoteDeviceWaker } from '@causeway/process-context';
import type { DeviceRef } from '@causeway/storage';

/** Wakes devices wherever their sockets are: at this gateway at once, at the others with a word. */
@Injectable()
export class EveryGateway implements DeviceWaker, OnApplicationShutdown {
  constructor(
    private readonly own: DeviceWaker,
    private readonly others: RemoteDeviceWaker,
  ) {}

  wake(devices: readonly DeviceRef[]): void {
    this.own.wake(devices);
    this.others.wake(devices);
  }

  /** Contents stay here: another gateway reads them for itself. */
  bring(items: readonly FreshItem[]): void {
    this.own.bring(items);
    this.others.bring(items);
  }

  onApplicationShutdown(): void {
    this.others.close();
  }
}
