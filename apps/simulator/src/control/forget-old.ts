import { Inject, Injectable } from '@nestjs/common';
import { SYSTEM_CLOCK } from '@causeway/platform';
import { RcsFiles } from '../rcs/rcs-files.js';
import { RcsLog } from '../rcs/rcs-log.js';
import { RcsNetwork } from '../rcs/rcs-network.js';
import { RcsPhones } from '../rcs/rcs-phones.js';
import { SIMULATOR_OPTIONS, type SimulatorOptions } from '../simulator-options.js';
import { Handsets } from '../sms/handsets.js';
import { MediaStore } from '../sms/media-store.js';
import { SmsCarrier } from '../sms/sms-carrier.js';
import { CallLog } from './call-log.js';

/** How often it is looked, milliseconds. */
const LOOK_MS = 5_000;
const DAY_SECONDS = 86_400;

/** The pretend carriers keep no longer than they are told to: words, numbers and files are in their memory as in that of real ones. */
@Injectable()
export class ForgetOld {
  private timer: NodeJS.Timeout | undefined;
  private readonly memories: readonly { forgetBefore(timeMs: number): void }[];

  constructor(
    handsets: Handsets,
    media: MediaStore,
    carrier: SmsCarrier,
    calls: CallLog,
    network: RcsNetwork,
    phones: RcsPhones,
    files: RcsFiles,
    log: RcsLog,
    @Inject(SIMULATOR_OPTIONS) private readonly options: SimulatorOptions,
  ) {
    this.memories = [handsets, media, carrier, calls, network, phones, files, log];
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.execute(), LOOK_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  execute(): void {
    const { clock = SYSTEM_CLOCK, keepSeconds = DAY_SECONDS } = this.options;
    const timeMs = clock.nowMs() - keepSeconds * 1000;
    for (const memory of this.memories) memory.forgetBefore(timeMs);
  }
}
