import assert from 'node:assert/strict';
import { FEATURES, SUPPORT } from '@causeway/message-model';
import { canCheckRecipients, canReportRead, canShowTyping } from '../../conversation-abilities.js';
import { hasMethod } from '../applicability.js';
import { clearOutbound, pause, phoneOf, webhooksOf } from '../hand-over.js';
import { eventsOfAll, theOne } from '../reading.js';
import { until } from '../until.js';
import type { Applicability, Law } from '../law.js';

const SEES_TYPING: Applicability = {
  words: 'the phone can show it',
  holds: ({ phone }) => phone?.seesTyping !== undefined,
};
const SEES_READ: Applicability = {
  words: 'the phone can show it',
  holds: ({ phone }) => phone?.seesRead !== undefined,
};
const CAN_LEAVE: Applicability = {
  words: 'the person can leave the network',
  holds: ({ phone }) => phone?.leaveNetwork !== undefined,
};
const CHECKS = hasMethod('checkRecipient', "the network can be asked about a person's phone");

/** What belongs to a conversation rather than to one message. */
export const CONVERSATION_LAWS: readonly Law[] = [
  {
    id: 'shows-typing',
    what: 'shows the person that someone is writing, and sends no message for it',
    why: 'It is an indication: as a message it would ring.',
    when: [hasMethod('showTyping', 'the network can show that someone is writing'), SEES_TYPING],
    async check(harness) {
      const { adapter } = harness;
      assert.ok(canShowTyping(adapter));
      assert.equal((await adapter.showTyping(clearOutbound(harness, 'x'), true)).kind, 'indicated');
      await until(harness, async () => ((await phoneOf(harness).seesTyping?.()) === true ? true : undefined));
      assert.equal((await harness.delivered()).length, 0, 'nothing may reach the person');
    },
  },
  {
    id: 'reports-reading',
    what: 'tells the person which message of theirs was read',
    why: 'Read receipts are given on purpose, for one message.',
    when: [hasMethod('reportRead', 'the network can carry read receipts'), SEES_READ],
    async check(harness) {
      const { adapter } = harness;
      assert.ok(canReportRead(adapter));
      const read = async (text: string) =>
        theOne(await eventsOfAll(harness, await webhooksOf(harness).sendFrom(text)), 'message').externalId;
      const [seen, unseen] = [await read('Read this'), await read('Not this')];
      assert.equal((await adapter.reportRead(clearOutbound(harness, 'x'), seen)).kind, 'indicated');
      const ids = await until(harness, async () => {
        const found = await phoneOf(harness).seesRead?.();
        return found?.includes(seen) ? found : undefined;
      });
      assert.ok(!ids.includes(unseen), 'the other message is shown as read');
    },
  },
  {
    id: 'checks-a-recipient',
    what: 'says what the phone of a person can do, never more than it declares, and reaches nobody by asking',
    why: 'A preview is made of it, and asking must not be noticed.',
    when: [CHECKS],
    async check(harness) {
      const { adapter } = harness;
      assert.ok(canCheckRecipients(adapter));
      const standing = await adapter.checkRecipient(clearOutbound(harness, 'x'));
      assert.ok(standing.kind === 'reachable', `the person is on the network: ${JSON.stringify(standing)}`);
      const declared = await adapter.capabilities({});
      for (const feature of FEATURES) {
        const [theirs, ours] = [standing.capabilities.features[feature], declared.features[feature]];
        assert.ok(SUPPORT.indexOf(theirs) <= SUPPORT.indexOf(ours), `${feature} is more than is declared`);
      }
      await pause(50);
      assert.equal((await harness.delivered()).length, 0, 'nothing may reach the person');
      assert.equal(await harness.sendCalls(), 0);
    },
  },
  {
    id: 'notices-who-left',
    what: 'says that a person is not on this network once they left it',
    why: 'The next network of the plan is then tried at once, instead of after a timeout.',
    when: [CHECKS, CAN_LEAVE],
    async check(harness) {
      const { adapter } = harness;
      assert.ok(canCheckRecipients(adapter));
      await phoneOf(harness).leaveNetwork?.();
      assert.equal((await adapter.checkRecipient(clearOutbound(harness, 'x'))).kind, 'not-on-this-network');
    },
  },
];
