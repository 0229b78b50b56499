import type { Command } from './command.js';
import { accept } from './commands/accept.js';
import { adapterNew } from './commands/adapter-new.js';
import { adapterTest } from './commands/adapter-test.js';
import { approve } from './commands/approve.js';
import { contact } from './commands/contact.js';
import { demo } from './commands/demo.js';
import { doctor } from './commands/doctor.js';
import { inbox } from './commands/inbox.js';
import { migrateCommand } from './commands/migrate.js';
import { privacy } from './commands/privacy.js';
import { read } from './commands/read.js';
import { register } from './commands/register.js';
import { requests } from './commands/requests.js';
import { safetyNumber } from './commands/safety-number.js';
import { sendCard } from './commands/send-card.js';
import { send } from './commands/send.js';
import { status } from './commands/status.js';
import { typing } from './commands/typing.js';
import { up } from './commands/up.js';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  up,
  demo,
  migrateCommand,
  doctor,
  register,
  send,
  sendCard,
  approve,
  inbox,
  requests,
  accept,
  status,
  read,
  typing,
  privacy,
  contact,
  safetyNumber,
  adapterNew,
  adapterTest,
];
