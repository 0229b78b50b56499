import type { Command } from '../command.js';
import { messageIdOf } from '../device/message-id-of.js';
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
      const messageId = messageIdOf(invocation);
      await showSent(device, await device.approve(messageId));
    }),
};
