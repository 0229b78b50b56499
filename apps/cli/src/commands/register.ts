import { Device } from '@causeway/client';
import type { Command } from '../command.js';
import { readPassphrase } from '../device/passphrase.js';
import { DEVICE_OPTIONS, deviceFolder, inSentences } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

const DEFAULT_GATEWAY = 'http://127.0.0.1:7400';

export const register: Command = {
  name: 'register',
  usage: '<handle> [--gateway <url>] [--host <name>] [--invite <code>]',
  summary: 'make an account, with this as its first device',
  group: 'device',
  options: { ...DEVICE_OPTIONS, gateway: 'text', host: 'text', invite: 'text' },
  run: (invocation) =>
    inSentences(async () => {
      const [handle = ''] = invocation.arguments;
      const [host, invite] = [invocation.option('host'), invocation.option('invite')];
      const folder = deviceFolder(invocation);
      const device = await Device.register({
        gateway: invocation.option('gateway') ?? DEFAULT_GATEWAY,
        handle,
        folder,
        passphrase: await readPassphrase(invocation.env),
        delivery: 'poll',
        ...(host === undefined ? {} : { host }),
        ...(invite === undefined ? {} : { invite }),
      });
      const { address } = device;
      await device.close();
      const terminal = new Terminal();
      terminal.row('your address', address);
      terminal.row('device folder', `${folder}   its keys are nowhere else`);
    }),
};
