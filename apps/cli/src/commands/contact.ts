import { StartupProblem } from '@causeway/platform';
import type { Command } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

export const contact: Command = {
  name: 'contact',
  usage: '<address> [--forget] [--allow-unencrypted]',
  summary: 'forget a number that changed hands, or let an encrypted conversation go on in the clear',
  group: 'device',
  options: { ...DEVICE_OPTIONS, forget: 'flag', 'allow-unencrypted': 'flag' },
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const [address = ''] = invocation.arguments;
      const [isForgotten, isAllowed] = [invocation.has('forget'), invocation.has('allow-unencrypted')];
      if (isForgotten === isAllowed)
        throw new StartupProblem('Say what to do with it.', 'Either --forget or --allow-unencrypted.');
      if (isAllowed) await device.addressBook.allowUnencrypted(address);
      else await device.addressBook.forget(address);
      new Terminal().row(address, isAllowed ? 'may go on in the clear' : 'forgotten; the next message adds it anew');
    }),
};
