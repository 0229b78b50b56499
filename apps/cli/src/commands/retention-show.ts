import type { Command } from '../command.js';
import { describeSeconds } from '../device/describe-seconds.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

/** `causeway retention show`: how long everything is kept, and who decided. */
export const retentionShow: Command = {
  name: 'retention show',
  usage: '[--with <address>]',
  summary: 'how long everything is kept, for you or one conversation, and who decided',
  group: 'device',
  options: { ...DEVICE_OPTIONS, with: 'text' },
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const { policies } = await device.retention.policies(invocation.option('with'));
      const terminal = new Terminal();
      for (const { class: name, keepSeconds, from, decidedBy, levels, overridable } of policies) {
        const who = levels.length === 0 ? (overridable ?? 'for all alike') : `decided by: ${decidedBy}`;
        terminal.row(name, `${describeSeconds(keepSeconds)} from ${from}; ${who}`);
      }
    }),
};
