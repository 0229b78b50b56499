import { parseMessageId } from '@causeway/message-model';
import { StartupProblem } from '@causeway/platform';
import type { Command } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { showSent } from './send.js';

export const approve: Command = {
  name: 'approve',
  usage: '<message id>',
  summary: 'sign the permission to send this one message as its preview showed it',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const messageId = parseMessageId(invocation.arguments[0] ?? '');
      if (!messageId) throw new StartupProblem('This is not the id of a message.', 'It is what causeway send printed.');
      await showSent(device, await device.approve(messageId));
    }),
};
