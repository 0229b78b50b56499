import { Module, type DynamicModule } from '@nestjs/common';
import { AllFaults } from './control/all-faults.js';
import { CarrierLog } from './control/carrier-log.js';
import { CallLog } from './control/call-log.js';
import { ForgetOld } from './control/forget-old.js';
import { ControlController } from './control/control.controller.js';
import { FaultScript } from './control/fault-script.js';
import { HandsetPageController } from './handsets/handset-page.controller.js';
import { RCS_CONTROLLERS, rcsProviders } from './rcs/rcs-parts.js';
import { AccountController } from './sms/account.controller.js';
import { Holds } from './control/holds.js';
import { AccountGuard } from './sms/account.guard.js';
import { HandsetMediaController } from './sms/handset-media.controller.js';
import { HandsetsController } from './sms/handsets.controller.js';
import { Handsets } from './sms/handsets.js';
import { MediaController, MediaFilesController } from './sms/media.controller.js';
import { MediaStore } from './sms/media-store.js';
import { MessagesController } from './sms/messages.controller.js';
import { OptOuts } from './sms/opt-outs.js';
import { OutboundMedia } from './sms/outbound-media.js';
import { SmsCarrier } from './sms/sms-carrier.js';
import { Timers } from './sms/timers.js';
import { Webhooks } from './sms/webhooks.js';
import { SIMULATOR_OPTIONS, SIMULATOR_SETTINGS, initialSettings, type SimulatorOptions } from './simulator-options.js';

/** Pretend carriers. Everything is in memory and ends with the process. */
@Module({})
export class SimulatorModule {
  static with(options: SimulatorOptions): DynamicModule {
    return {
      module: SimulatorModule,
      controllers: [
        ControlController,
        HandsetsController,
        HandsetMediaController,
        MessagesController,
        MediaController,
        MediaFilesController,
        AccountController,
        HandsetPageController,
        ...RCS_CONTROLLERS,
      ],
      providers: [
        { provide: SIMULATOR_OPTIONS, useValue: options },
        { provide: SIMULATOR_SETTINGS, useValue: initialSettings(options) },
        AccountGuard,
        AllFaults,
        CallLog,
        CarrierLog,
        FaultScript,
        ForgetOld,
        Handsets,
        MediaStore,
        Holds,
        OptOuts,
        OutboundMedia,
        SmsCarrier,
        Timers,
        Webhooks,
        ...rcsProviders(options.rcs),
      ],
    };
  }
}
