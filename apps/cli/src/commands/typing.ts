import type { Command } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

export const typing: Command = {
  name: 'typing',
  usage: '<address>',
  summary: 'show the other end for some seconds that you write, if your switches allow it',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const isTold = await device.typing(invocation.arguments[0] ?? '');
      new Terminal().row('typing', isTold ? 'told' : 'not told (see causeway privacy)');
    }),
};
