import type { Preview, SendingState, ShownMessage } from '@causeway/client';
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

/** What the person who decides about a clear network is shown: how it arrives first, and how where another network takes over. */
export function showPreview(terminal: Terminal, preview: Preview): void {
  showOne(terminal, preview, 'would arrive as');
  for (const fallback of preview.fallbacks) showOne(terminal, fallback, 'or else as');
  for (const { network, why } of preview.notOver) terminal.row('not over', `${network.toUpperCase()}: ${why}`);
}

function showOne(terminal: Terminal, shown: ShownMessage, label: string): void {
  const { file, segments } = shown;
  if (shown.cards.length === 0) terminal.row(label, quoted(shown.text));
  for (const { title, description, file: picture, suggestions } of shown.cards) {
    terminal.row(label, `a card: ${quoted([title, description].filter((text) => text !== '').join(' - '))}`);
    if (picture) terminal.row('with a picture', `${picture.contentType}, ${Math.ceil(picture.sizeBytes / 1024)} KiB`);
    if (suggestions.length > 0) terminal.row('to tap', suggestions.map(quoted).join(' '));
  }
  if (file) terminal.row('with a file', `${file.contentType}, ${Math.ceil(file.sizeBytes / 1024)} KiB`);
  terminal.row(
    'over',
    `${shown.network.toUpperCase()}, ${segments} segment${segments === 1 ? '' : 's'}${shown.isSimulated ? '   SIMULATED: nothing reaches a phone' : ''}`,
  );
  terminal.row('readable by', shown.readableBy.join(', '));
  terminal.row('its copy', shown.copyLifetime);
  if (shown.losses.length > 0) terminal.row('lost on the way', shown.losses.join('\n'));
}
