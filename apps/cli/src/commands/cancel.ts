import type { Command } from '../command.js';
import { messageIdOf } from '../device/message-id-of.js';
import { describeState } from '../device/describe-state.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

export const cancel: Command = {
  name: 'cancel',
  usage: '<message id>',
  summary: 'take a message back that has not begun to be sent',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const messageId = messageIdOf(invocation);
      new Terminal().row('state', describeState((await device.cancel(messageId)).state));
    }),
};
