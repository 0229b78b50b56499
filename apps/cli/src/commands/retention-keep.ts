import { PERSONAL_CLASSES } from '@causeway/message-model';
import { StartupProblem } from '@causeway/platform';
import type { Command } from '../command.js';
import { describeSeconds } from '../device/describe-seconds.js';
import { parseSeconds } from '../device/parse-seconds.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

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
      const name = PERSONAL_CLASSES.find((each) => each === typed);
      if (!name)
        throw new StartupProblem(
          'This class is the same for all.',
          `You can choose for ${PERSONAL_CLASSES.join(', ')}.`,
        );
      const address = invocation.option('with');
      await device.retention.keep({
        class: name,
        seconds: parseSeconds(time),
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
