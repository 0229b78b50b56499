import type { ReceivedMessage } from '@causeway/client';
import { printable, quoted, type Terminal } from '../terminal.js';

/** One line of a conversation. */
export function showMessage(terminal: Terminal, message: ReceivedMessage): void {
  const at = new Date(message.atMs).toISOString().slice(0, 16).replace('T', ' ');
  const [who, where] = message.isOwn ? ['to', message.to] : ['from', message.from];
  const network = message.network === 'native' ? 'sealed' : `${message.network}, not encrypted`;
  terminal.line(`${at}  ${who.padEnd(4)} ${printable(where)}  (${network})`);
  terminal.line(`    id ${message.messageId}`);
  terminal.line(`    ${message.kind === 'text' ? quoted(message.text) : `${message.kind} ${quoted(message.text)}`}`);
}
