import { parseMessageId } from '@causeway/message-model';
import { StartupProblem } from '@causeway/platform';
import type { Command } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

export const read: Command = {
  name: 'read',
  usage: '<message id>',
  summary: 'tell the other end that you have read this, if your switches allow it',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const messageId = parseMessageId(invocation.arguments[0] ?? '');
      if (!messageId)
        throw new StartupProblem('This is not the id of a message.', 'It is what causeway inbox printed.');
      const sent = await device.markRead(messageId);
      new Terminal().row('read report', sent ? 'sent, sealed' : 'nothing sent as a message (see causeway privacy)');
    }),
};
