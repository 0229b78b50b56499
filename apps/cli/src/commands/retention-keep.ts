import type { KeptClass } from '@causeway/client';
import { StartupProblem } from '@causeway/platform';
import type { Command } from '../command.js';
import { describeSeconds } from '../device/describe-seconds.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

const CLASSES: readonly KeptClass[] = ['undelivered-envelope', 'metadata', 'history'];
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** `causeway retention keep`: asks that something be kept for less long. */
export const retentionKeep: Command = {
  name: 'retention keep',
  usage: '<class> <time|default> [--with <address>]',
  summary: 'keep something for less long, like: history 30d --with mimi://...',
  group: 'device',
  options: { ...DEVICE_OPTIONS, with: 'text' },
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const [typed = '', time = ''] = invocation.arguments;
      const name = CLASSES.find((each) => each === typed);
      if (!name)
        throw new StartupProblem('This class is the same for all.', `You can choose for ${CLASSES.join(', ')}.`);
      const address = invocation.option('with');
      await device.retention.keep({
        class: name,
        seconds: secondsOf(time),
        ...(address === undefined ? {} : { with: address }),
      });
      const { policies } = await device.retention.policies(address);
      const held = policies.find((policy) => policy.class === name);
      new Terminal().row(
        name,
        held ? `${describeSeconds(held.keepSeconds)}, decided by: ${held.decidedBy}` : 'unknown',
      );
    }),
};

function secondsOf(text: string): number | null {
  if (text === 'default') return null;
  const [, count, unit = ''] = /^(\d{1,8})([smhd])$/.exec(text) ?? [];
  const size = UNIT_SECONDS[unit];
  if (count === undefined || size === undefined)
    throw new StartupProblem('This is not a time.', 'It looks like 30d, 12h, 90m or 45s; or default.');
  return Number(count) * size;
}
