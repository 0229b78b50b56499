import { APPEAL_GROUNDS } from '@causeway/api-contract';
import { StartupProblem } from '@causeway/platform';
import type { Command } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { printable, Terminal } from '../terminal.js';

export const limits: Command = {
  name: 'limits',
  usage: '',
  summary: 'why messages to new people had to wait, and until when',
  group: 'device',
  options: DEVICE_OPTIONS,
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const terminal = new Terminal();
      const decisions = await device.limits.list();
      for (const { id, sentence, until, state } of decisions) {
        terminal.row('decision', printable(id));
        terminal.row('it says', printable(sentence));
        terminal.row(state, `until ${printable(until)}`);
      }
      if (decisions.length === 0) terminal.line('None: nothing is limited.');
    }),
};

export const appeal: Command = {
  name: 'appeal',
  usage: `<decision> [--grounds <${APPEAL_GROUNDS.join('|')}>]`,
  summary: 'ask for a person to look at a decision that limits show',
  group: 'device',
  options: { ...DEVICE_OPTIONS, grounds: 'text' },
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const given = invocation.option('grounds') ?? 'mistake';
      const grounds = APPEAL_GROUNDS.find((each) => each === given);
      if (!grounds)
        throw new StartupProblem('There are no such grounds.', `It takes one of ${APPEAL_GROUNDS.join(', ')}.`);
      const { state } = await device.limits.appeal(invocation.arguments[0] ?? '', grounds);
      new Terminal().row('decision', state);
    }),
};

export const pass: Command = {
  name: 'pass',
  usage: '<decision> [--voucher <text>]',
  summary: 'let go what a decision holds: with a voucher of the operator at once, without one when they approve',
  group: 'device',
  options: { ...DEVICE_OPTIONS, voucher: 'text' },
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const [decision = ''] = invocation.arguments;
      const voucher = invocation.option('voucher');
      const { state } = voucher
        ? await device.limits.passWithVoucher(decision, voucher)
        : await device.limits.askOperator(decision);
      new Terminal().row('decision', state);
    }),
};
