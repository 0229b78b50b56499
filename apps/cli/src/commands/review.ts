import type { Command } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

export const review: Command = {
  name: 'review',
  usage: '<address>',
  summary: 'accept their changed account key; what waited for that goes on',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const [address = ''] = invocation.arguments;
      await device.review(address);
      new Terminal().line('Accepted. Compare the new safety number: causeway safety-number');
    }),
};
