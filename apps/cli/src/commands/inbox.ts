import { once } from 'node:events';
import type { ReceivedMessage } from '@causeway/client';
import type { Command } from '../command.js';
import { showMessage } from '../device/show-message.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { showNotices } from '../device/show-notices.js';
import { printable, Terminal } from '../terminal.js';

const LATEST = 20;

export const inbox: Command = {
  name: 'inbox',
  usage: '[--follow] [--ids]',
  summary: `the last ${LATEST} messages; --follow stays and shows what comes; --ids with their ids`,
  group: 'device',
  options: { ...DEVICE_OPTIONS, follow: 'flag', ids: 'flag' },
  run: (invocation) => {
    const isFollowing = invocation.has('follow');
    const show = (terminal: Terminal, message: ReceivedMessage) => {
      showMessage(terminal, message);
      if (invocation.has('ids')) terminal.line(`    ${message.messageId}`);
    };
    return withDevice(
      invocation,
      async (device) => {
        const terminal = new Terminal();
        const latest = (await device.messages()).slice(-LATEST);
        for (const message of latest) show(terminal, message);
        showNotices(device, terminal);
        const waiting = (await device.requests()).length;
        if (waiting > 0) terminal.line(`Requests that wait for you: ${waiting} (causeway requests)`);
        if (!isFollowing) {
          if (latest.length === 0) terminal.line('No messages yet.');
          return;
        }
        const shown = new Set(latest.map(({ messageId }) => messageId));
        device.on('message', (message) => {
          if (!shown.has(message.messageId)) show(terminal, message);
        });
        device.on('typing', ({ from, isTyping }) =>
          terminal.line(`${printable(from)} ${isTyping ? 'writes ...' : 'stopped'}`),
        );
        device.on('request', ({ request, from }) =>
          terminal.line(`${printable(from)} asks to write to you: causeway accept ${request}`),
        );
        await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
      },
      isFollowing ? 'socket' : 'poll',
    );
  },
};
