import type { Command } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

export const accept: Command = {
  name: 'accept',
  usage: '<request id>',
  summary: 'let them write to you, and you to them',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const [request = ''] = invocation.arguments;
      await device.accept({ request });
      new Terminal().line('Accepted. What they wrote comes as soon as their device is online: causeway inbox');
    }),
};
