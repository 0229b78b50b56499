import type { Preview, SendingState } from '@causeway/client';
import { quoted, type Terminal } from '../terminal.js';

const WAITS_FOR = {
  consent: 'waiting for them to accept your request; the words stay on this device',
  downgrade: 'waiting for your permission to leave encryption; the words stay on this device',
  route: 'waiting for a way to get there; the words stay on this device',
  'key-change': 'waiting for you to review their changed key; the words stay on this device',
} as const;

/** A state of a message as a person would say it. */
export function describeState(state: SendingState): string {
  switch (state.kind) {
    case 'waiting-on-sender':
      return WAITS_FOR[state.reason];
    case 'failed':
      return `failed: ${state.reason}`;
    case 'unsubmitted':
      return 'on this device; the gateway has not answered for it';
    case 'unconfirmed':
      return 'sent; the carrier never said whether it arrived';
    default:
      return state.kind;
  }
}

/** What the person who decides about a clear network is shown. */
export function showPreview(terminal: Terminal, preview: Preview): void {
  const network = preview.network.toUpperCase();
  terminal.row('would arrive as', quoted(preview.text));
  terminal.row(
    'over',
    `${network}, ${preview.segments} segment${preview.segments === 1 ? '' : 's'}${preview.isSimulated ? '   SIMULATED: nothing reaches a phone' : ''}`,
  );
  terminal.row('readable by', preview.readableBy.join(', '));
  terminal.row('its copy', preview.copyLifetime);
  if (preview.losses.length > 0) terminal.row('lost on the way', preview.losses.join('\n'));
}
