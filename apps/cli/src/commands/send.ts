import { setTimeout } from 'node:timers/promises';
import type { Device, SendingState, SendOptions, SentMessage } from '@causeway/client';
import type { Command, Invocation } from '../command.js';
import { describeState, showPreview } from '../device/describe-state.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { Terminal } from '../terminal.js';

const WATCH_MS = 5_000;
const LOOK_EVERY_MS = 100;
const UNDER_WAY: ReadonlySet<SendingState['kind']> = new Set(['accepted', 'ready', 'sending']);

/** How a clear network is allowed for one message. */
export const PERMISSION_OPTIONS = { 'allow-sms': 'flag', allow: 'text' } as const;

export const send: Command = {
  name: 'send',
  usage: '<address> <text> [--allow-sms] [--allow <networks>]',
  summary: 'write to mimi://causeway.local/u/ada or tel:+14155550123',
  group: 'device',
  options: { ...DEVICE_OPTIONS, ...PERMISSION_OPTIONS },
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const [address = '', text = ''] = invocation.arguments;
      await showSent(device, await device.send(address, text, permissionOf(invocation)));
    }),
};

/** Which clear networks this one message may go over: `--allow rcs,sms`, or `--allow-sms` for that one alone. */
export function permissionOf(invocation: Invocation): SendOptions {
  const named = (invocation.option('allow') ?? '').split(',').filter((name) => name !== '');
  const allowClear = [...named, ...(invocation.has('allow-sms') ? ['sms'] : [])];
  return allowClear.length > 0 ? { allowClear } : {};
}

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
