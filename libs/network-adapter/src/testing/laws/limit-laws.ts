import assert from 'node:assert/strict';
import { countSegments, utf8, type CapabilityLimits } from '@causeway/message-model';
import type { AdapterHarness } from '../adapter-harness.js';
import { declares, IS_CLEAR } from '../applicability.js';
import { assertFailed, clearAdapterOf, clearOutbound, deliver, deliverAccepted, lastDelivered } from '../hand-over.js';
import type { Applicability, Law } from '../law.js';

const HAS_TEXT_LIMIT: Applicability = {
  words: 'a limit of text is declared',
  async holds({ adapter }) {
    const { textCharacters, textBytes, segments } = (await adapter.capabilities({})).limits;
    return [textCharacters, textBytes, segments].some((limit) => limit !== undefined);
  },
};

const HAS_ATTACHMENT_LIMIT: Applicability = {
  words: 'a limit of attachments is declared',
  holds: async ({ adapter }) => (await adapter.capabilities({})).limits.attachmentBytes !== undefined,
};

const fits = (text: string, { textCharacters, textBytes, segments }: CapabilityLimits): boolean =>
  text.length <= (textCharacters ?? Infinity) &&
  utf8(text).length <= (textBytes ?? Infinity) &&
  countSegments(text).segments <= (segments ?? Infinity);

/** How often a sign may be repeated within every declared limit. */
function longest(sign: string, limits: CapabilityLimits): number {
  let [low, high] = [0, 1];
  while (fits(sign.repeat(high), limits)) [low, high] = [high, high * 2];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(sign.repeat(middle), limits)) low = middle;
    else high = middle;
  }
  return low;
}

async function refusedWithoutCall(harness: AdapterHarness, text: string): Promise<void> {
  const callsBefore = await harness.sendCalls();
  assertFailed(await deliver(harness, text), { reason: 'too-large', retry: 'never', certainty: 'not-sent' });
  assert.equal(await harness.sendCalls(), callsBefore, 'nothing may be sent');
}

/** Signs of one, two and three bytes, and of two UTF-16 units: each meets another limit first. */
const SIGNS = ['a', 'é', '你', '😀'];

/** What cannot succeed is refused here, without a call. */
export const LIMIT_LAWS: readonly Law[] = [
  {
    id: 'carries-what-just-fits',
    what: 'delivers a text exactly at its declared limit, whole',
    why: 'A limit that is declared too high shows in a preview as something that then fails.',
    when: [IS_CLEAR, HAS_TEXT_LIMIT],
    async check(harness) {
      const { limits } = await harness.adapter.capabilities({});
      const text = 'a'.repeat(longest('a', limits));
      await deliverAccepted(harness, text);
      assert.equal((await lastDelivered(harness)).text, text);
    },
  },
  {
    id: 'refuses-what-is-too-long',
    what: 'refuses a text one past its declared limit without a call',
    why: 'Cut off or billed in surprising parts, it is not what the sender agreed to.',
    when: [IS_CLEAR, HAS_TEXT_LIMIT],
    async check(harness) {
      const { limits } = await harness.adapter.capabilities({});
      await refusedWithoutCall(harness, 'a'.repeat(longest('a', limits) + 1));
    },
  },
  {
    id: 'counts-in-its-unit',
    what: 'counts every script by the unit its limit names: at the limit it goes, one sign past it does not',
    why: 'Counted in the wrong unit, a limit is right for English only.',
    when: [IS_CLEAR, HAS_TEXT_LIMIT],
    async check(harness) {
      const { limits } = await harness.adapter.capabilities({});
      for (const [index, sign] of SIGNS.entries()) {
        const text = sign.repeat(longest(sign, limits));
        await deliverAccepted(harness, text);
        assert.equal((await lastDelivered(harness, index + 1)).text, text);
        await refusedWithoutCall(harness, text + sign);
      }
    },
  },
  {
    id: 'refuses-an-attachment-too-large',
    what: 'delivers an attachment at its declared size and refuses one byte more without a call',
    why: 'What the network drops later is dropped in silence.',
    when: [IS_CLEAR, declares('attachment'), HAS_ATTACHMENT_LIMIT],
    async check(harness) {
      const sizeBytes = (await harness.adapter.capabilities({})).limits.attachmentBytes ?? 0;
      const { body } = clearOutbound(harness, 'A picture');
      assert.ok(body.kind === 'text');
      const media = {
        ...harness.media,
        url: harness.media?.url ?? body.text.map(() => 'https://media.example/large.png'),
        contentType: harness.media?.contentType ?? 'image/png',
        sizeBytes,
      };
      await deliverAccepted(harness, '', { body: { kind: 'media', media } });
      const callsBefore = await harness.sendCalls();
      const larger = { kind: 'media', media: { ...media, sizeBytes: sizeBytes + 1 } } as const;
      assertFailed(await deliver(harness, '', { body: larger }), { reason: 'too-large', certainty: 'not-sent' });
      assert.equal(await harness.sendCalls(), callsBefore);
    },
  },
  {
    id: 'refuses-an-empty-text',
    what: 'refuses a text without a word without a call',
    why: 'Networks answer it with an error, or deliver nothing and say that they did.',
    when: [IS_CLEAR],
    async check(harness) {
      for (const text of ['', ' \n\t ']) {
        const outbound = clearOutbound(harness, 'x');
        assert.ok(outbound.body.kind === 'text');
        const body = { kind: 'text', text: outbound.body.text.map(() => text) } as const;
        const attempt = { callBeforeMs: harness.nowMs() + 60_000, signal: new AbortController().signal };
        const outcome = await clearAdapterOf(harness).deliver({ ...outbound, body }, attempt);
        assertFailed(outcome, { reason: 'content-rejected', retry: 'never', certainty: 'not-sent' });
      }
      assert.equal(await harness.sendCalls(), 0);
    },
  },
  {
    id: 'refuses-what-expired',
    what: 'refuses a message whose time has passed without a call',
    why: 'Its sender was promised that it would not arrive any more.',
    async check(harness) {
      const outcome = await deliver(harness, 'too late', { expiresAtMs: harness.nowMs() });
      assertFailed(outcome, { reason: 'expired', retry: 'never', certainty: 'not-sent' });
      assert.equal(await harness.sendCalls(), 0);
    },
  },
  {
    id: 'passes-on-the-expiry',
    what: 'tells the network to stop trying no later than the message expires',
    why: 'A phone that is switched on tomorrow must not ring with what was for today.',
    when: [declares('expiry-at-time')],
    async check(harness) {
      const { expirySecondsMin = 0 } = (await harness.adapter.capabilities({})).limits;
      const expiresAtMs = harness.nowMs() + (expirySecondsMin + 60) * 1_000;
      await deliverAccepted(harness, 'For now only', { expiresAtMs });
      const told = (await lastDelivered(harness)).expiresAtMs;
      assert.ok(told !== undefined, 'the network was told no end');
      // networks count from when they get it, and round to seconds
      assert.ok(told <= expiresAtMs + 2_000, `the network was told to try ${told - expiresAtMs} ms too long`);
    },
  },
];
