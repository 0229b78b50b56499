import assert from 'node:assert/strict';
import { FEATURES, SUPPORT } from '@causeway/message-model';
import { carries } from '../../carry.js';
import { hasAbility } from '../../abilities.js';
import { IS_CLEAR } from '../applicability.js';
import { examplesOf, type FeatureExample } from '../feature-examples.js';
import { arrivals, assertFailed, deliver, deliverAccepted, pause, phoneOf } from '../hand-over.js';
import type { AdapterHarness } from '../adapter-harness.js';
import type { Law } from '../law.js';

const partition = async (harness: AdapterHarness, isDeclared: boolean): Promise<readonly FeatureExample[]> => {
  const capabilities = await harness.adapter.capabilities({});
  return examplesOf(harness).filter(({ feature }) => carries(capabilities, feature) === isDeclared);
};

/** What a network says of itself decides what people are promised in a preview: it is probed both ways. */
export const CAPABILITY_LAWS: readonly Law[] = [
  {
    id: 'carries-what-it-declares',
    what: 'carries an example of every feature it declares',
    why: 'A feature that is promised and not there is a message that looks different from its preview.',
    when: [IS_CLEAR],
    async check(harness) {
      let count = 0;
      for (const { feature, changes, shows } of await partition(harness, true)) {
        const { externalId } = await deliverAccepted(harness, 'What it is about');
        await arrivals(harness, (count += 1));
        const outcome = await deliver(harness, 'An example', changes(externalId));
        assert.equal(outcome.kind, 'accepted', `${feature} is declared: ${JSON.stringify(outcome)}`);
        const delivered = (await arrivals(harness, (count += 1))).at(-1);
        assert.ok(delivered);
        for (const [name, value] of Object.entries(shows(externalId)))
          assert.deepEqual(Reflect.get(delivered, name), value, `${feature}: ${name} of what arrived`);
      }
    },
  },
  {
    id: 'refuses-what-it-does-not-declare',
    what: 'refuses an example of every feature it does not declare, without a call',
    why: 'Left out in silence, half a message arrives and its sender believes that it was all of it.',
    when: [IS_CLEAR],
    async check(harness) {
      for (const { feature, changes } of await partition(harness, false)) {
        const outcome = await deliver(harness, 'An example', changes('unknown-message'));
        assert.equal(outcome.kind, 'failed', `${feature} is not declared, and was taken`);
        assertFailed(outcome, { reason: 'content-rejected', retry: 'never', certainty: 'not-sent' });
      }
      assert.equal(await harness.sendCalls(), 0, 'nothing may be sent');
    },
  },
  {
    id: 'grades-every-feature',
    what: 'grades every feature of the model, and declares limits that are positive numbers',
    why: 'What is not graded cannot be previewed.',
    async check({ adapter }) {
      const { features, limits } = await adapter.capabilities({});
      assert.deepEqual(Object.keys(features).toSorted(), [...FEATURES].toSorted(), 'the features that are graded');
      for (const [feature, grade] of Object.entries(features)) assert.ok(SUPPORT.includes(grade), feature);
      for (const [name, limit] of Object.entries(limits)) assert.ok(Number.isSafeInteger(limit) && limit > 0, name);
      assert.deepEqual(await adapter.capabilities({ country: 'CH' }), await adapter.capabilities({ country: 'CH' }));
    },
  },
  {
    id: 'abilities-match-the-declaration',
    what: 'has the abilities its capabilities speak of, and no others',
    why: 'The flow asks the guard, the preview asks the declaration: they must answer alike.',
    when: [IS_CLEAR],
    async check({ adapter }) {
      const capabilities = await adapter.capabilities({});
      assert.equal(carries(capabilities, 'typing'), hasAbility(adapter, 'showTyping'), 'typing and showTyping');
      if (hasAbility(adapter, 'reportRead')) assert.ok(carries(capabilities, 'read-report'), 'reportRead');
    },
  },
  {
    id: 'never-carries-openly-what-must-be-encrypted',
    what: 'refuses a message that must stay end-to-end encrypted when the network would not keep it so',
    why: 'People who saw that a conversation is encrypted said things in it for that reason.',
    when: [IS_CLEAR],
    async check(harness) {
      await harness.phone?.setEncryption?.(false);
      const outcome = await deliver(harness, 'Between us', { isEncryptionRequired: true });
      assertFailed(outcome, { reason: 'encryption-unavailable', retry: 'never', certainty: 'not-sent' });
      await pause(100);
      assert.equal((await harness.delivered()).length, 0, 'nothing may reach the person');
    },
  },
  {
    id: 'says-when-it-was-encrypted',
    what: 'carries what must be encrypted where the conversation is, and says of each message how it went',
    why: 'It decides whether the conversation may ever fall back to a network that everyone can read.',
    when: [
      {
        words: 'the network can encrypt a conversation end to end',
        holds: ({ phone }) => phone?.setEncryption !== undefined,
      },
    ],
    async check(harness) {
      const phone = phoneOf(harness);
      await phone.setEncryption?.(true);
      const encrypted = await deliverAccepted(harness, 'Between us', { isEncryptionRequired: true });
      assert.equal(encrypted.encryption, 'end-to-end');
      await phone.setEncryption?.(false);
      const open = await deliverAccepted(harness, 'For everyone');
      assert.equal(open.encryption ?? 'none', 'none');
    },
  },
];
