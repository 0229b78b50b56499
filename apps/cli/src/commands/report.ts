import type { Command } from '../command.js';
import { messageIdOf } from '../device/message-id-of.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

export const report: Command = {
  name: 'report',
  usage: '<message> [--with-words] [--block]',
  summary: 'report a message that came (its id is shown by inbox --ids); --block keeps its sender away',
  group: 'device',
  options: { ...DEVICE_OPTIONS, 'with-words': 'flag', block: 'flag' },
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const messageId = messageIdOf(invocation, 'causeway inbox --ids');
      const withWords = invocation.has('with-words');
      const outcome = await device.report(messageId, { withWords, block: invocation.has('block') });
      const terminal = new Terminal();
      if ('refused' in outcome) terminal.row('report', WHY[outcome.refused] ?? outcome.refused);
      else {
        terminal.row('report', outcome.words === 'proven' ? 'taken, with the words' : 'taken, without the words');
        terminal.row('proof', outcome.assurance === 'verified' ? 'signed by their device' : 'the carrier’s word');
      }
      if (outcome.blocked) terminal.row('sender', 'blocked');
    }),
};

const WHY: Readonly<Record<string, string>> = {
  'already-reported': 'was reported before',
  'report-expired': 'too old: a message can be reported for a week',
  'report-not-genuine': 'the gateway does not recognise this message',
};
