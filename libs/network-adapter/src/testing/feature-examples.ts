import type { Feature } from '@causeway/message-model';
import { Plaintext } from '@causeway/platform';
import type { ClearOutbound } from '../outbound.js';
import type { AdapterHarness, DeliveredMessage } from './adapter-harness.js';

/** A message that makes use of one feature, and what the person must see of it. */
export interface FeatureExample {
  readonly feature: Feature;
  changes(target: string): Partial<ClearOutbound>;
  shows(target: string): Partial<DeliveredMessage>;
}

const words = (text: string): Plaintext => new Plaintext(text);

const PICTURE = {
  url: words('https://media.example/picture.png'),
  contentType: 'image/png',
  sizeBytes: 1_000,
  filename: words('picture.png'),
} as const;

const YES = { kind: 'reply', text: words('Yes'), postback: words('answer=yes') } as const;
const NO = { kind: 'reply', text: words('No'), postback: words('answer=no') } as const;

/** One per feature that shows in what is handed to a network. */
const EXAMPLES: readonly FeatureExample[] = [
  {
    feature: 'reply',
    changes: (target) => ({ replyTo: target }),
    shows: (target) => ({ kind: 'text', text: 'An example', target }),
  },
  {
    feature: 'reaction',
    changes: (target) => ({ body: { kind: 'reaction', target, emoji: words('👍') } }),
    shows: (target) => ({ kind: 'reaction', text: '👍', target }),
  },
  {
    feature: 'edit',
    changes: (target) => ({ body: { kind: 'edit', target, text: words('Corrected') } }),
    shows: (target) => ({ kind: 'edit', text: 'Corrected', target }),
  },
  {
    feature: 'delete',
    changes: (target) => ({ body: { kind: 'delete', target } }),
    shows: (target) => ({ kind: 'delete', target }),
  },
  {
    feature: 'attachment',
    changes: () => ({ body: { kind: 'media', media: PICTURE, caption: words('Look') } }),
    shows: () => ({ kind: 'media', text: 'Look' }),
  },
  {
    feature: 'card',
    changes: () => ({ body: { kind: 'card', card: { title: words('Title'), description: words('Words') } } }),
    shows: () => ({ kind: 'card', text: 'Title\nWords' }),
  },
  {
    feature: 'carousel',
    changes: () => ({ body: { kind: 'carousel', cards: [{ title: words('One') }, { title: words('Two') }] } }),
    shows: () => ({ kind: 'carousel', text: 'One\nTwo' }),
  },
  {
    feature: 'suggestion',
    changes: () => ({ suggestions: [YES, NO] }),
    shows: () => ({ kind: 'text', text: 'An example', suggestions: ['Yes', 'No'] }),
  },
];

/** The examples for one network: its own picture, where it fetches what it is given. */
export function examplesOf({ media }: AdapterHarness): readonly FeatureExample[] {
  if (!media) return EXAMPLES;
  return EXAMPLES.map((example) =>
    example.feature === 'attachment'
      ? { ...example, changes: () => ({ body: { kind: 'media', media, caption: words('Look') } }) }
      : example,
  );
}
