import type { Command } from './command.js';
import { accountErase, accountExport } from './commands/account.js';
import { accept } from './commands/accept.js';
import { ALIAS_COMMANDS } from './commands/alias-commands.js';
import { adapterNew } from './commands/adapter-new.js';
import { adapterTest } from './commands/adapter-test.js';
import { approve } from './commands/approve.js';
import { backup } from './commands/backup.js';
import { keysRenewNumbers } from './commands/keys-renew-numbers.js';
import { contact } from './commands/contact.js';
import { demo } from './commands/demo.js';
import { doctor } from './commands/doctor.js';
import { inbox } from './commands/inbox.js';
import { keysMove } from './commands/keys-move.js';
import { appeal, limits, pass } from './commands/limits.js';
import { OPERATOR_COMMANDS } from './commands/operator-commands.js';
import { LINK_COMMANDS } from './commands/link-commands.js';
import { migrateCommand } from './commands/migrate.js';
import { privacy } from './commands/privacy.js';
import { read } from './commands/read.js';
import { register } from './commands/register.js';
import { report } from './commands/report.js';
import { requests } from './commands/requests.js';
import { retentionKeep } from './commands/retention-keep.js';
import { retentionShow } from './commands/retention-show.js';
import { retentionTenant } from './commands/retention-tenant.js';
import { retentionVerify } from './commands/retention-verify.js';
import { safetyNumber } from './commands/safety-number.js';
import { restore } from './commands/restore.js';
import { secretsList, secretsRemove, secretsRotate, secretsSet } from './commands/secrets.js';
import { sendCard } from './commands/send-card.js';
import { send } from './commands/send.js';
import { status } from './commands/status.js';
import { typing } from './commands/typing.js';
import { up } from './commands/up.js';
import { allow } from './commands/allow.js';
import { block } from './commands/block.js';
import { cancel } from './commands/cancel.js';
import { explain } from './commands/explain.js';
import { endPermission, permissions, permit } from './commands/permissions.js';
import { prefer } from './commands/prefer.js';
import { refuse } from './commands/refuse.js';
import { review } from './commands/review.js';
import { verify } from './commands/verify.js';
import { waiting } from './commands/waiting.js';
import { whoMayWrite } from './commands/who-may-write.js';
import { withdraw } from './commands/withdraw.js';
import { networks, networksOff, networksOn } from './commands/networks.js';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
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
  retentionTenant,
  keysRenewNumbers,
  ...OPERATOR_COMMANDS,
  register,
  send,
  sendCard,
  approve,
  inbox,
  requests,
  accept,
  report,
  limits,
  appeal,
  pass,
  refuse,
  allow,
  block,
  whoMayWrite,
  withdraw,
  status,
  waiting,
  cancel,
  permit,
  endPermission,
  permissions,
  networksOn,
  networksOff,
  networks,
  prefer,
  explain,
  read,
  typing,
  privacy,
  contact,
  safetyNumber,
  ...LINK_COMMANDS,
  ...ALIAS_COMMANDS,
  accountExport,
  accountErase,
  verify,
  review,
  retentionShow,
  retentionKeep,
  retentionVerify,
  adapterNew,
  adapterTest,
];
