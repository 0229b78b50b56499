import type { Command } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

export const block: Command = {
  name: 'block',
  usage: '<address>',
  summary: 'nothing of theirs arrives any more; they cannot tell',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const [address = ''] = invocation.arguments;
      await device.block(address);
      new Terminal().line('Blocked. They are not told, and nothing changes for them.');
    }),
};
