import { AgentMessagesController } from './agent-messages.controller.js';
import { BearerGuard } from './bearer.guard.js';
import { CapabilitiesController } from './capabilities.controller.js';
import { MessageQuota } from './message-quota.js';
import { RcsCalls } from './rcs-calls.js';
import { RcsControlController } from './rcs-control.controller.js';
import { RcsFaultScript } from './rcs-fault-script.js';
import { RcsFiles } from './rcs-files.js';
import { RcsLog } from './rcs-log.js';
import { RcsNetwork } from './rcs-network.js';
import { NO_RCS, RCS_OPTIONS, RCS_SETTINGS, initialRcsSettings, type RcsOptions } from './rcs-options.js';
import { RcsPerson } from './rcs-person.js';
import { RcsPhones } from './rcs-phones.js';
import { RcsWebhooks } from './rcs-webhooks.js';

// control first: its fixed paths are not to be taken for methods of the API
export const RCS_CONTROLLERS = [RcsControlController, AgentMessagesController, CapabilitiesController];

export const rcsProviders = (options: RcsOptions = NO_RCS) => [
  { provide: RCS_OPTIONS, useValue: options },
  { provide: RCS_SETTINGS, useValue: initialRcsSettings(options) },
  BearerGuard,
  MessageQuota,
  RcsCalls,
  RcsFaultScript,
  RcsFiles,
  RcsLog,
  RcsNetwork,
  RcsPerson,
  RcsPhones,
  RcsWebhooks,
];
