import type { Command } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

export const allow: Command = {
  name: 'allow',
  usage: '<address>',
  summary: 'let somebody write without asking, or end a block',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const [address = ''] = invocation.arguments;
      await device.allow(address);
      new Terminal().line('They may write.');
    }),
};
