import type { ContentSuggestion } from '@causeway/client';
import type { Command, Invocation } from '../command.js';
import { DEVICE_OPTIONS, withDevice } from '../device/with-device.js';
import { PERMISSION_OPTIONS, permissionOf, showSent } from './send.js';

export const sendCard: Command = {
  name: 'send-card',
  usage: '<address> <title> [--description <text>] [--reply <texts, by commas>] [--link <url>] [--allow <networks>]',
  summary: 'send a card with answers to tap; the same in words where no cards are shown',
  group: 'device',
  options: { ...DEVICE_OPTIONS, ...PERMISSION_OPTIONS, description: 'text', reply: 'text', link: 'text' },
  run: (invocation) =>
    withDevice(invocation, async (device) => {
      const [address = '', title = ''] = invocation.arguments;
      const description = invocation.option('description');
      const card = { title, description, suggestions: suggestionsOf(invocation) };
      await showSent(device, await device.sendCard(address, card, permissionOf(invocation)));
    }),
};

function suggestionsOf(invocation: Invocation): readonly ContentSuggestion[] {
  const replies = (invocation.option('reply') ?? '').split(',').map((text) => text.trim());
  const url = invocation.option('link');
  return [
    ...replies.filter((text) => text !== '').map((text) => ({ kind: 'reply', text }) as const),
    ...(url === undefined ? [] : [{ kind: 'open-url', text: 'Open', url } as const]),
  ];
}
