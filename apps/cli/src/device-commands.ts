import type { Command } from './command.js';
import { accept } from './commands/accept.js';
import { accountErase, accountExport } from './commands/account.js';
import { ALIAS_COMMANDS } from './commands/alias-commands.js';
import { allow } from './commands/allow.js';
import { approve } from './commands/approve.js';
import { block } from './commands/block.js';
import { cancel } from './commands/cancel.js';
import { contact } from './commands/contact.js';
import { explain } from './commands/explain.js';
import { inbox } from './commands/inbox.js';
import { appeal, limits, pass } from './commands/limits.js';
import { LINK_COMMANDS } from './commands/link-commands.js';
import { networks, networksOff, networksOn } from './commands/networks.js';
import { endPermission, permissions, permit } from './commands/permissions.js';
import { prefer } from './commands/prefer.js';
import { privacy } from './commands/privacy.js';
import { read } from './commands/read.js';
import { refuse } from './commands/refuse.js';
import { register } from './commands/register.js';
import { report } from './commands/report.js';
import { requests } from './commands/requests.js';
import { retentionKeep } from './commands/retention-keep.js';
import { retentionShow } from './commands/retention-show.js';
import { retentionVerify } from './commands/retention-verify.js';
import { review } from './commands/review.js';
import { safetyNumber } from './commands/safety-number.js';
import { sendCard } from './commands/send-card.js';
import { send } from './commands/send.js';
import { status } from './commands/status.js';
import { typing } from './commands/typing.js';
import { verify } from './commands/verify.js';
import { waiting } from './commands/waiting.js';
import { whoMayWrite } from './commands/who-may-write.js';
import { withdraw } from './commands/withdraw.js';

/** What people do with a device, in the order of the help. Loads nothing of a server: each is a process that should be there at once. */
export const DEVICE_COMMANDS: readonly Command[] = [
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
];
