import assert from 'node:assert/strict';
import { utf8 } from '@causeway/message-model';
import { canFetchStatus, canForget, canListReceived, canLookUp, canWithdraw } from '../../abilities.js';
import { canFail, HAS_PHONE, HAS_WEBHOOKS, hasMethod } from '../applicability.js';
import {
  arrivals,
  clearOutbound,
  deliver,
  deliverAccepted,
  faultsOf,
  handOver,
  openAttempt,
  pause,
  phoneOf,
  webhooksOf,
} from '../hand-over.js';
import { canFetchMedia } from '../../conversation-abilities.js';
import { eventsOfAll, theOne } from '../reading.js';
import { until } from '../until.js';
import type { Law } from '../law.js';

/** What a network can do beyond sending and receiving; each law applies where the method is there. */
export const ABILITY_LAWS: readonly Law[] = [
  {
    id: 'withdraws',
    what: 'takes back a message the phone does not have yet, so that it never comes, also when asked twice',
    why: 'Fallback sends the message by another network: a copy that still comes is a duplicate.',
    when: [hasMethod('withdraw', 'the network can take messages back'), HAS_PHONE],
    async check(harness) {
      const { adapter } = harness;
      assert.ok(canWithdraw(adapter));
      await phoneOf(harness).goOffline();
      const { from, to } = ends(harness.outbound('x'));
      const { externalId } = await deliverAccepted(harness, 'Never mind');
      for (let times = 0; times < 2; times += 1)
        assert.deepEqual(await adapter.withdraw({ externalId, from, to }), { kind: 'withdrawn' });
      await phoneOf(harness).comeBack();
      await pause(100);
      assert.equal((await harness.delivered()).length, 0, 'nothing may reach the person');
    },
  },
  {
    id: 'withdraws-nothing-delivered',
    what: 'says too-late about a message the phone has',
    why: 'Called withdrawn, it would be sent a second time.',
    when: [hasMethod('withdraw', 'the network can take messages back')],
    async check(harness) {
      const { adapter } = harness;
      assert.ok(canWithdraw(adapter));
      const { externalId } = await deliverAccepted(harness, 'There already');
      await arrivals(harness, 1);
      const { from, to } = ends(harness.outbound('x'));
      assert.deepEqual(await adapter.withdraw({ externalId, from, to }), { kind: 'too-late' });
    },
  },
  {
    id: 'looks-up-what-is-unknown',
    what: 'finds a message whose answer was lost, and nothing of other people',
    why: 'This is how an unknown outcome becomes a known one without sending again.',
    when: [hasMethod('lookUp', 'the network can be searched'), canFail('cut-off')],
    async check(harness) {
      const { adapter } = harness;
      assert.ok(canLookUp(adapter));
      const startedAtMs = harness.nowMs();
      await faultsOf(harness).failNext({ kind: 'cut-off' });
      const outbound = clearOutbound(harness, 'Did this arrive?');
      assert.equal((await handOver(adapter, outbound, openAttempt(harness))).kind, 'failed');
      const question = { from: outbound.from, to: outbound.to, startedAtMs };
      const found = await until(harness, async () => {
        const answer = await adapter.lookUp(question);
        return answer.kind === 'candidates' && answer.candidates.length > 0 ? answer.candidates : undefined;
      });
      assert.equal(found.length, 1);
      const stranger = outbound.to.map((number) => `${number.slice(0, -2)}${number.endsWith('99') ? '98' : '99'}`);
      assert.deepEqual(await adapter.lookUp({ ...question, to: stranger }), { kind: 'candidates', candidates: [] });
    },
  },
  {
    id: 'lists-what-was-received',
    what: 'lists what the bridge number received, under the ids of the webhooks, oldest first',
    why: 'The sweep makes good for lost webhooks, and must not make one message two.',
    when: [hasMethod('listReceived', 'the network can list what was received'), HAS_WEBHOOKS],
    async check(harness) {
      const { adapter } = harness;
      assert.ok(canListReceived(adapter));
      const sinceMs = harness.nowMs() - 60_000;
      const texts = ['one', 'two', 'three'];
      const ids: string[] = [];
      for (const text of texts)
        ids.push(theOne(await eventsOfAll(harness, await webhooksOf(harness).sendFrom(text)), 'message').externalId);
      const answer = await adapter.listReceived(ends(harness.outbound('x')).from, sinceMs);
      assert.ok(answer.kind === 'messages');
      const messages = answer.messages.filter((event) => event.kind === 'message');
      assert.deepEqual(messages.map(({ externalId }) => externalId).toSorted(), ids.toSorted());
      assert.deepEqual(messages.map(({ text }) => text.reveal()).toSorted(), texts.toSorted());
      const times = messages.map(({ receivedAtMs }) => receivedAtMs);
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      );
    },
  },
  {
    id: 'fetches-where-a-message-stands',
    what: 'says of a delivered message that it was delivered',
    why: 'A receipt that never came would leave it unconfirmed for ever.',
    when: [hasMethod('fetchStatus', 'the network can be asked where a message stands')],
    async check(harness) {
      const { adapter } = harness;
      assert.ok(canFetchStatus(adapter));
      const { externalId } = await deliverAccepted(harness, 'Where is it?');
      await until(harness, async () => {
        const answer = await adapter.fetchStatus(externalId);
        return answer.kind === 'status' && answer.status === 'delivered' ? answer : undefined;
      });
    },
  },
  {
    id: 'forgets',
    what: "deletes the network's copy of a final message, and is content when it is gone already",
    why: 'What the network keeps is one more place from which it can be taken.',
    when: [hasMethod('forget', 'the network can delete its copy')],
    async check(harness) {
      const { adapter } = harness;
      assert.ok(canForget(adapter));
      const { externalId } = await deliverAccepted(harness, 'Forget this');
      await arrivals(harness, 1);
      await until(harness, async () => ((await adapter.forget(externalId)).kind === 'forgotten' ? true : undefined));
      assert.deepEqual(await adapter.forget(externalId), { kind: 'forgotten' });
      if (canFetchStatus(adapter)) assert.equal((await adapter.fetchStatus(externalId)).kind, 'absent');
    },
  },
  {
    id: 'fetches-media',
    what: 'fetches what a person attached, whole, and stops at the limit it was given',
    why: 'A picture without its bytes is a link that only the operator could open.',
    when: [
      {
        words: 'the adapter can fetch what a person attached',
        holds: ({ webhooks }) => webhooks?.sendMedia !== undefined,
      },
    ],
    async check(harness) {
      const { adapter } = harness;
      assert.ok(canFetchMedia(adapter), 'the person can attach, and the adapter has no fetchMedia');
      const content = utf8('not really a picture');
      const events = await eventsOfAll(harness, (await webhooksOf(harness).sendMedia?.('image/png', content)) ?? []);
      const [file] = theOne(events, 'message').media;
      assert.ok(file);
      assert.equal(file.contentType, 'image/png');
      const whole = await adapter.fetchMedia(file.url, content.length);
      assert.ok(whole.kind === 'media');
      assert.deepEqual(Buffer.from(whole.content), Buffer.from(content));
      assert.deepEqual(await adapter.fetchMedia(file.url, content.length - 1), { kind: 'too-large' });
    },
  },
  {
    id: 'abilities-end-with-disposal',
    what: 'answers unavailable, and throws nothing, when an ability is used after disposal',
    why: 'A timer that fires during a shutdown must not take it down.',
    when: [hasMethod('fetchStatus', 'the network can be asked where a message stands')],
    async check(harness) {
      const { adapter } = harness;
      assert.ok(canFetchStatus(adapter));
      const sent = await deliver(harness, 'Before the end');
      await adapter.dispose();
      const answer = await adapter.fetchStatus(sent.kind === 'accepted' ? sent.externalId : 'none');
      assert.equal(answer.kind, 'unavailable');
    },
  },
];

const ends = (outbound: object): { readonly from: string; readonly to: ReturnType<typeof clearOutbound>['to'] } => {
  assert.ok('from' in outbound && 'to' in outbound);
  return outbound as ReturnType<typeof clearOutbound>;
};
