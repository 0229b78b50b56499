import type { Command } from '../command.js';
import { groupsOfFive } from '../device/groups-of-five.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

export const safetyNumber: Command = {
  name: 'safety-number',
  usage: '<address>',
  summary: 'compare it with theirs by another way: equal means nobody sits between you',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const [address = ''] = invocation.arguments;
      new Terminal().row('safety number', groupsOfFive(await device.safetyNumber(address)));
    }),
};
