import { setTimeout } from 'node:timers/promises';
import type { Device, SendingState, SentMessage } from '@causeway/client';
import type { Command } from '../command.js';
import { describeState, showPreview } from '../device/describe-state.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

const WATCH_MS = 5_000;
const LOOK_EVERY_MS = 100;
const UNDER_WAY: ReadonlySet<SendingState['kind']> = new Set(['accepted', 'ready', 'sending']);

export const send: Command = {
  name: 'send',
  usage: '<address> <text> [--allow-sms]',
  summary: 'write to mimi://causeway.local/u/ada or tel:+14155550123',
  group: 'device',
  options: { ...DEVICE_OPTIONS, 'allow-sms': 'flag' },
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const [address = '', text = ''] = invocation.arguments;
      const permission = invocation.has('allow-sms') ? { allowClear: ['sms'] as const } : {};
      await showSent(device, await device.send(address, text, permission));
    }),
};

/** Prints a message that was sent and where it got within a few seconds. */
export async function showSent(device: Device, sent: SentMessage): Promise<void> {
  const terminal = new Terminal();
  terminal.row('message', sent.messageId);
  terminal.row('state', describeState(await settledState(device, sent)));
  if (sent.state.kind === 'waiting-on-sender' && sent.state.reason === 'route')
    terminal.row('to learn why', `causeway explain ${sent.to}`);
  if (!sent.preview) return;
  showPreview(terminal, sent.preview);
  terminal.row('to allow it', `causeway approve ${sent.messageId}`);
}

async function settledState(device: Device, sent: SentMessage): Promise<SendingState> {
  let { state } = sent;
  const endMs = Date.now() + WATCH_MS;
  while (UNDER_WAY.has(state.kind) && Date.now() < endMs) {
    await setTimeout(LOOK_EVERY_MS);
    await device.poll();
    ({ state } = await device.status(sent));
  }
  return state;
}
