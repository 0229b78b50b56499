import type { Command } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

export const refuse: Command = {
  name: 'refuse',
  usage: '<request id>',
  summary: 'decline a request; they are never told',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const [request = ''] = invocation.arguments;
      await device.refuse({ request });
      new Terminal().line('Refused. They are not told.');
    }),
};
