import type { Command } from '../command.js';
import { messageIdOf } from '../device/message-id-of.js';
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
      const messageId = messageIdOf(invocation, 'causeway inbox --ids');
      const sent = await device.markRead(messageId);
      new Terminal().row('read report', sent ? 'sent, sealed' : 'nothing sent as a message (see causeway privacy)');
    }),
};
