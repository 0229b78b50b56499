import type { Command } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { describeState, showPreview } from '../device/describe-state.js';
import { printable, Terminal } from '../terminal.js';

const RELEASE = {
  consent: 'causeway withdraw <address> takes the request back',
  downgrade: 'causeway approve',
  route: 'causeway explain <address> says why',
  'key-change': 'causeway review <address>',
} as const;

export const waiting: Command = {
  name: 'waiting',
  usage: '',
  summary: 'messages that wait for something, and what sets them free',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const terminal = new Terminal();
      const messages = await device.waiting();
      for (const { messageId, to, state, preview } of messages) {
        if (state.kind !== 'waiting-on-sender') continue;
        terminal.row('message', messageId);
        terminal.row('to', printable(to));
        terminal.row('state', describeState(state));
        if (preview) showPreview(terminal, preview);
        const release = RELEASE[state.reason];
        terminal.row('to release', state.reason === 'downgrade' ? `${release} ${messageId}` : release);
        terminal.row('to take back', `causeway cancel ${messageId}`);
      }
      if (messages.length === 0) terminal.line('Nothing waits.');
    }),
};
