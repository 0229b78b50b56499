import type { Command } from '../command.js';
import { messageIdOf } from '../device/message-id-of.js';
import { describeState, showPreview } from '../device/describe-state.js';
import { showHops } from '../device/show-hops.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

export const status: Command = {
  name: 'status',
  usage: '<message id>',
  summary: 'where a message is, and who could read it on the way',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const messageId = messageIdOf(invocation);
      const { state, to, preview, gateway } = await device.status(messageId);
      const terminal = new Terminal();
      terminal.row('to', to);
      terminal.row('state', describeState(state));
      if (preview) showPreview(terminal, preview);
      showHops(terminal, gateway?.hops ?? []);
    }),
};
