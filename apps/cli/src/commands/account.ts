import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { StartupProblem } from '@causeway/platform';
import type { Command } from '../command.js';
import { DEVICE_OPTIONS, deviceFolder, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

export const accountExport: Command = {
  name: 'account export',
  usage: '[--to <file>]',
  summary: 'everything the gateway has of your account, as JSON',
  group: 'device',
  options: { ...DEVICE_OPTIONS, to: 'text' },
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const text = JSON.stringify(await device.exportAccount(), undefined, 2);
      const to = invocation.option('to');
      if (to === undefined) return new Terminal().line(text);
      await writeFile(resolve(to), `${text}\n`, { mode: 0o600, flag: 'wx' });
      new Terminal().row('written to', resolve(to));
    }),
};

export const accountErase: Command = {
  name: 'account erase',
  usage: '<address>',
  summary: 'erase your account from the gateway for good; repeat your own address to confirm',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      if (invocation.arguments[0] !== device.address)
        throw new StartupProblem(
          `This device is ${device.address}.`,
          'Repeat that address to erase it. Nothing was done.',
        );
      const answer = await device.eraseAccount();
      const terminal = new Terminal();
      for (const { store, rows } of answer?.erased ?? []) if (rows > 0) terminal.row('erased', `${store}: ${rows}`);
      for (const { what, until, why } of answer?.remains ?? [])
        terminal.row('remains', `${what}, until ${until}: ${why}`);
      terminal.row('device folder', `${deviceFolder(invocation)}   has your messages; delete it yourself`);
    }),
};
