import type { Command } from './command.js';
import { accept } from './commands/accept.js';
import { adapterNew } from './commands/adapter-new.js';
import { adapterTest } from './commands/adapter-test.js';
import { approve } from './commands/approve.js';
import { demo } from './commands/demo.js';
import { doctor } from './commands/doctor.js';
import { inbox } from './commands/inbox.js';
import { migrateCommand } from './commands/migrate.js';
import { register } from './commands/register.js';
import { requests } from './commands/requests.js';
import { retentionKeep } from './commands/retention-keep.js';
import { retentionShow } from './commands/retention-show.js';
import { retentionVerify } from './commands/retention-verify.js';
import { safetyNumber } from './commands/safety-number.js';
import { send } from './commands/send.js';
import { status } from './commands/status.js';
import { up } from './commands/up.js';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  up,
  demo,
  migrateCommand,
  doctor,
  register,
  send,
  approve,
  inbox,
  requests,
  accept,
  status,
  safetyNumber,
  retentionShow,
  retentionKeep,
  retentionVerify,
  adapterNew,
  adapterTest,
];
