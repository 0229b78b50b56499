import assert from 'node:assert/strict';
import { canNameMessages } from '../../abilities.js';
import { isPart, outranks, type ReceiptStatus } from '../../inbound.js';
import { HAS_WEBHOOKS } from '../applicability.js';
import { deliverAccepted, handOver, openAttempt, webhooksOf } from '../hand-over.js';
import { recipientOf } from '../adapter-harness.js';
import { eventsOf, eventsOfAll, first, ofKind, theOne } from '../reading.js';
import { revealed } from '../revealed.js';
import type { Law } from '../law.js';

const WORDS = 'Réponse: ✅ & = + % "quoted" \\ {json}\nzweite Zeile 你好';

/** Two parts by SMS. */
const IN_PARTS = 'In parts '.repeat(20).trimEnd();

/** What people and networks say to us. */
export const INBOUND_LAWS: readonly Law[] = [
  {
    id: 'reads-what-people-write',
    what: 'reads an inbound message with its sender, bridge number and exact text',
    why: 'This is the way back.',
    when: [HAS_WEBHOOKS],
    async check(harness) {
      const message = theOne(await eventsOfAll(harness, await webhooksOf(harness).sendFrom(WORDS)), 'message');
      const outbound = harness.outbound('x');
      assert.equal(message.text.reveal(), WORDS);
      assert.equal(message.from.reveal(), recipientOf(outbound)?.reveal());
      assert.equal(message.to, 'from' in outbound ? outbound.from : undefined);
      assert.ok(Math.abs(message.receivedAtMs - harness.nowMs()) < 120_000, 'receivedAtMs must be in milliseconds');
    },
  },
  {
    id: 'reads-what-people-tap',
    what: 'reads a tapped suggestion with its words and the postback we gave it',
    why: 'A tap is an answer: lost, the person believes that they gave it.',
    when: [
      {
        words: 'the person can tap suggestions',
        holds: ({ webhooks }) => webhooks?.tap !== undefined,
      },
    ],
    async check(harness) {
      const requests = await webhooksOf(harness).tap?.('Yes', 'answer=yes');
      const message = theOne(await eventsOfAll(harness, requests ?? []), 'message');
      assert.equal(message.text.reveal(), 'Yes');
      assert.equal(message.suggestion?.postback.reveal(), 'answer=yes');
    },
  },
  {
    id: 'reads-the-same-twice',
    what: 'reads the same webhook twice as the same events, whatever came in between',
    why: 'Receiving has no memory: after a crash the network says it again, to another process.',
    when: [HAS_WEBHOOKS],
    async check(harness) {
      const request = first(await webhooksOf(harness).sendFrom('Once'));
      const before = revealed(await eventsOf(harness, request));
      await eventsOfAll(harness, await webhooksOf(harness).sendFrom('In between'));
      assert.deepEqual(revealed(await eventsOf(harness, request)), before);
    },
  },
  {
    id: 'repeated-webhook-same-id',
    what: 'gives the same external id when the network repeats a webhook, and another one to another message',
    why: 'The id is the unique key that makes the second one nothing.',
    when: [HAS_WEBHOOKS],
    async check(harness) {
      const webhooks = webhooksOf(harness);
      await webhooks.duplicateNext();
      const repeated = ofKind(await eventsOfAll(harness, await webhooks.sendFrom('Once')), 'message');
      assert.equal(repeated.length, 2, 'the harness must bring the webhook twice');
      assert.equal(new Set(repeated.map(({ externalId }) => externalId)).size, 1);
      const other = theOne(await eventsOfAll(harness, await webhooks.sendFrom('Once')), 'message');
      assert.notEqual(other.externalId, repeated[0]?.externalId);
    },
  },
  {
    id: 'receipts-find-their-message',
    what: 'reports a delivery with the external id of its message, and its ref where the network does not take ids of ours',
    why: 'Without them a receipt that overtakes the answer to our call has no attempt to go to.',
    when: [HAS_WEBHOOKS],
    async check(harness) {
      const { adapter } = harness;
      const outbound = harness.outbound('Tell me when it is there');
      const sent = await handOver(adapter, outbound, openAttempt(harness));
      assert.ok(sent.kind === 'accepted');
      const events = await eventsOfAll(harness, await webhooksOf(harness).receipts(sent.externalId));
      const delivered = ofKind(events, 'receipt').filter(({ status }) => status === 'delivered');
      assert.ok(delivered.length > 0, 'no receipt says delivered');
      for (const receipt of ofKind(events, 'receipt')) {
        assert.equal(receipt.externalId, sent.externalId);
        if (!canNameMessages(adapter)) assert.equal(receipt.ref, outbound.ref);
      }
    },
  },
  {
    id: 'receipts-in-any-order',
    what: 'reads receipts alike in whatever order they come, so that the last state is the same',
    why: 'Networks report over many connections; an adapter that remembers would move a message back.',
    when: [HAS_WEBHOOKS],
    async check(harness) {
      const webhooks = webhooksOf(harness);
      const sent = await handOver(harness.adapter, harness.outbound('Which way round?'), openAttempt(harness));
      assert.ok(sent.kind === 'accepted');
      await webhooks.reorder();
      const backwards = await webhooks.receipts(sent.externalId);
      const shuffled = ofKind(await eventsOfAll(harness, backwards), 'receipt');
      const inOrder = ofKind(await eventsOfAll(harness, backwards.toReversed()), 'receipt');
      assert.deepEqual(revealed(shuffled), revealed(inOrder.toReversed()));
      for (const receipts of [shuffled, inOrder]) assert.equal(lastState(receipts), 'delivered');
    },
  },
  {
    id: 'a-part-is-not-the-whole',
    what: 'reports what arrived of a long message as a part or as progress, never as delivery of the whole',
    why: 'Its sender would believe that the person has words that never came.',
    when: [
      {
        words: 'the network carries long messages in parts',
        holds: ({ webhooks }) => webhooks?.losePart !== undefined,
      },
    ],
    async check(harness) {
      const webhooks = webhooksOf(harness);
      await webhooks.losePart?.();
      const sent = await deliverAccepted(harness, IN_PARTS);
      const receipts = ofKind(await eventsOfAll(harness, await webhooks.receipts(sent.externalId)), 'receipt');
      assert.ok(receipts.length > 0, 'the network reported nothing');
      const arrived = new Set<number>();
      for (const { status, part } of receipts) {
        if (status !== 'delivered' && status !== 'displayed') continue;
        assert.ok(part, `a receipt says ${status} of the whole`);
        assert.ok(isPart(part), `part ${part.number} of ${part.count} is none`);
        assert.ok(arrived.add(part.number).size < part.count, 'every part is said to have arrived');
      }
    },
  },
  {
    id: 'answers-nobody-by-accident',
    what: 'answers a webhook with success and without words of its own',
    why: 'Some networks send the body of the answer to the person who wrote; others repeat what was not answered.',
    when: [HAS_WEBHOOKS],
    async check(harness) {
      const outcome = await harness.adapter.receive(first(await webhooksOf(harness).sendFrom('hello')));
      assert.ok(outcome.kind === 'events');
      assert.ok(outcome.response.status >= 200 && outcome.response.status < 300, 'the status must be a success');
      assert.doesNotMatch(outcome.response.body, /[a-z]+\s+[a-z]+/i);
    },
  },
  {
    id: 'hears-consent-words',
    what: "reads the network's words for consent as such, beside the message that said them, and nothing else as one",
    why: 'Who says STOP is not written to again; who writes about a stop is.',
    when: [{ words: 'the network has words for consent', holds: ({ consentWords }) => consentWords !== undefined }],
    async check(harness) {
      const { consentWords } = harness;
      assert.ok(consentWords);
      const said = async (text: string) => eventsOfAll(harness, await webhooksOf(harness).sendFrom(text));
      const cases = [
        ['opt-out', consentWords.optOut],
        ['opt-out', consentWords.optOut.toLowerCase()],
        ['opt-in', consentWords.optIn],
        ...(consentWords.help === undefined ? [] : [['help', consentWords.help] as const]),
      ] as const;
      for (const [kind, word] of cases) {
        const events = await said(word);
        const message = theOne(events, 'message');
        assert.equal(theOne(events, kind).externalId, message.externalId, `the id of ${kind}`);
        assert.equal(theOne(events, kind).from.reveal(), message.from.reveal());
      }
      const kinds = (await said(`We say ${consentWords.optOut} tomorrow`)).map(({ kind }) => kind);
      assert.deepEqual(kinds, ['message']);
    },
  },
];

const lastState = (receipts: readonly { readonly status: ReceiptStatus }[]): ReceiptStatus | undefined =>
  receipts
    .map(({ status }) => status)
    .filter((status) => status !== 'displayed')
    .reduce<ReceiptStatus | undefined>(
      (known, next) => (known === undefined || outranks(next, known) ? next : known),
      undefined,
    );
