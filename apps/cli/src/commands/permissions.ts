import type { ShownPermission } from '@causeway/client';
import { StartupProblem } from '@causeway/platform';
import type { Command } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { printable, Terminal } from '../terminal.js';
import { clearNetworks } from './networks.js';

const HOUR_SECONDS = 3_600;
const LONGEST_HOURS = 30 * 24;

function show(terminal: Terminal, { address, until, networks }: ShownPermission): void {
  terminal.row('everything to', printable(address));
  terminal.row('until', new Date(until * 1_000).toISOString());
  for (const { network, readableBy, copyLifetime, isSimulated } of networks) {
    terminal.row('over', `${network.toUpperCase()}${isSimulated ? '   SIMULATED: nothing reaches a phone' : ''}`);
    terminal.row('readable by', readableBy.join(', '));
    terminal.row('its copy', copyLifetime);
  }
}

export const permit: Command = {
  name: 'permit',
  usage: '<address> <hours> [--over <rcs,sms>]',
  summary: 'sign for everything you write to this number for a time; it shows what that means first',
  group: 'device',
  options: { ...DEVICE_OPTIONS, over: 'text' },
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const [address = '', typed = ''] = invocation.arguments;
      const hours = Number(typed);
      if (!(hours > 0 && hours <= LONGEST_HOURS))
        throw new StartupProblem(
          'This is not a time a permission can have.',
          `It takes hours, at most ${LONGEST_HOURS}.`,
        );
      const over = clearNetworks(invocation.option('over') ?? 'sms');
      const shown = await device.permissions.describe(address, { over, forSeconds: Math.floor(hours * HOUR_SECONDS) });
      const terminal = new Terminal();
      show(terminal, shown);
      await device.permissions.give(shown);
      terminal.row('to end it', `causeway permissions end ${printable(address)}`);
    }),
};

export const endPermission: Command = {
  name: 'permissions end',
  usage: '<address>',
  summary: 'take such a permission back; what was not tried yet waits again',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      await device.permissions.takeBack(invocation.arguments[0] ?? '');
      new Terminal().line('Nothing more goes under it.');
    }),
};

export const permissions: Command = {
  name: 'permissions',
  usage: '',
  summary: 'permissions you gave for a time',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const terminal = new Terminal();
      const given = await device.permissions.list();
      for (const one of given) show(terminal, one);
      if (given.length === 0) terminal.line('None: every message in the clear is asked about.');
    }),
};
