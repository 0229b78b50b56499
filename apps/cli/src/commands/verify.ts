import type { Command } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

export const verify: Command = {
  name: 'verify',
  usage: '<address>',
  summary: 'the safety numbers are equal: remember that they were compared',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const [address = ''] = invocation.arguments;
      await device.verify(address);
      new Terminal().line('Remembered until their key changes.');
    }),
};
