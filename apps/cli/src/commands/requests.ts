import type { Command } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { printable, Terminal } from '../terminal.js';

export const requests: Command = {
  name: 'requests',
  usage: '',
  summary: 'who asks to write to you',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const terminal = new Terminal();
      const waiting = await device.requests();
      for (const { from, request } of waiting) {
        terminal.row('from', printable(from));
        terminal.row('to accept', `causeway accept ${request}`);
      }
      if (waiting.length === 0) terminal.line('Nobody waits for an answer.');
    }),
};
