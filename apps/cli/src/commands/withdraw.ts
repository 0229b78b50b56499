import type { Command } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

export const withdraw: Command = {
  name: 'withdraw',
  usage: '<address>',
  summary: 'take back your own request, with what waited for it',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const [address = ''] = invocation.arguments;
      await device.withdraw(address);
      new Terminal().line('Taken back.');
    }),
};
