import type { Command } from './command.js';
import { adapterNew } from './commands/adapter-new.js';
import { adapterTest } from './commands/adapter-test.js';
import { backup } from './commands/backup.js';
import { demo } from './commands/demo.js';
import { doctor } from './commands/doctor.js';
import { keysMove } from './commands/keys-move.js';
import { keysRenewNumbers } from './commands/keys-renew-numbers.js';
import { migrateCommand } from './commands/migrate.js';
import { OPERATOR_COMMANDS } from './commands/operator-commands.js';
import { restore } from './commands/restore.js';
import { retentionTenant } from './commands/retention-tenant.js';
import { secretsList, secretsRemove, secretsRotate, secretsSet } from './commands/secrets.js';
import { up } from './commands/up.js';

/** What operators and authors of adapters do, in the order of the help. Loads all of Causeway. */
export const OPERATING_COMMANDS: readonly Command[] = [
  up,
  demo,
  migrateCommand,
  doctor,
  backup,
  restore,
  secretsSet,
  secretsList,
  secretsRotate,
  secretsRemove,
  keysMove,
  keysRenewNumbers,
  retentionTenant,
  ...OPERATOR_COMMANDS,
  adapterNew,
  adapterTest,
];
