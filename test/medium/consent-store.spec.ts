import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mintConversationId } from '@causeway/message-model';
import { requestIdOf } from '@causeway/people';
import fc from 'fast-check';
import { InProcess, must, TENANT, type Person } from '../support/in-process.js';

let bridge: InProcess;
beforeAll(async () => {
  bridge = await InProcess.open();
}, 60_000);
afterAll(async () => bridge.close());

type Side = 0 | 1;
type Step =
  | { readonly kind: 'ask' | 'grant' | 'refuse' | 'welcome' | 'block' | 'cancel'; readonly by: Side }
  | { readonly kind: 'policy'; readonly by: Side; readonly policy: 'ask' | 'anyone' };

const DECISIONS = { welcome: 'grant', block: 'revoke', cancel: 'cancel' } as const;

/** What one person holds about the other, in as few words as the rules have. */
interface View {
  state: 'nothing' | 'asked' | 'welcome' | 'granted' | 'refused';
  wasAsked: boolean;
  isBlocked: boolean;
}

/** The rules of consent, without a database. */
class Model {
  readonly views: readonly [View, View] = [fresh(), fresh()];
  readonly policies: ['ask' | 'anyone', 'ask' | 'anyone'] = ['ask', 'ask'];

  apply(step: Step): void {
    const own = this.views[step.by];
    const other = this.views[step.by === 0 ? 1 : 0];
    const grantBoth = (): void => void (own.state = other.state = 'granted');
    switch (step.kind) {
      case 'policy':
        this.policies[step.by] = step.policy;
        return;
      case 'ask':
        if (other.state === 'granted') return;
        own.isBlocked = false;
        if (other.state === 'asked') return;
        other.wasAsked = true;
        if (other.state === 'refused') return;
        if (other.state === 'welcome' || own.state === 'asked' || this.policies[step.by === 0 ? 1 : 0] === 'anyone')
          grantBoth();
        else other.state = 'asked';
        return;
      case 'grant':
        if (own.state === 'asked') grantBoth();
        return;
      case 'refuse':
        if (own.state !== 'asked') return;
        own.state = 'refused';
        own.isBlocked = true;
        return;
      case 'cancel':
        if (other.state === 'asked') other.state = 'nothing';
        if (other.state !== 'granted') other.wasAsked = false;
        return;
      case 'welcome':
        own.isBlocked = false;
        if (own.state === 'asked' || (own.state === 'refused' && own.wasAsked)) grantBoth();
        else if (own.state !== 'granted') own.state = 'welcome';
        return;
      case 'block':
        own.isBlocked = true;
        if (own.state !== 'granted') own.state = 'refused';
    }
  }
}

const fresh = (): View => ({ state: 'nothing', wasAsked: false, isBlocked: false });

const sides = fc.constantFrom<Side>(0, 1);
const steps = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constantFrom('ask', 'grant', 'refuse', 'welcome', 'block', 'cancel'),
        by: sides,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('policy'), by: sides, policy: fc.constantFrom('ask', 'anyone') }),
    },
  ),
  { minLength: 1, maxLength: 10 },
);

const requestOf = (asking: Person, asked: Person): string =>
  requestIdOf(TENANT, asking.caller.account, asked.caller.address);

async function lodge(asking: Person, asked: Person) {
  return bridge.stores.consents.lodge({
    tenant: TENANT,
    requester: asking.caller.account,
    targetAddress: asked.caller.address,
    conversation: mintConversationId(),
    now: bridge.clock.now(),
  });
}

const answer = (owner: Person, request: string, operation: 'grant' | 'revoke') =>
  bridge.stores.consents.answer(owner.caller, request, { operation, now: bridge.clock.now() });

async function act(step: Step, people: readonly [Person, Person]): Promise<void> {
  const [self, other] = step.by === 0 ? people : [people[1], people[0]];
  const { consents, accounts } = bridge.stores;
  switch (step.kind) {
    case 'policy':
      return accounts.setConsentPolicy(self.caller, step.policy);
    case 'ask':
      await lodge(self, other);
      return;
    case 'grant':
    case 'refuse': {
      const [pending] = await consents.pending(self.caller, { after: '', limit: 10 });
      if (pending && step.kind === 'grant') await answer(self, pending.request, 'grant');
      if (pending && step.kind === 'refuse') await answer(self, pending.request, 'revoke');
      return;
    }
    case 'welcome':
    case 'block':
    case 'cancel':
      await bridge.decide.decide(self.caller, other.caller.address, DECISIONS[step.kind]);
  }
}

describe('ConsentStore', () => {
  it('follows the rules of consent through any sequence of decisions of two people', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const people = [await bridge.person('ada'), await bridge.person('bob')] as const;
        const model = new Model();
        for (const step of sequence) {
          await act(step, people);
          model.apply(step);
        }
        const isGranted = model.views[0].state === 'granted';
        for (const side of [0, 1] as const) {
          const [self, other] = [people[side], people[side === 0 ? 1 : 0]];
          const found = await bridge.stores.consents.find(self.caller, { address: other.caller.address });
          expect(found !== undefined).toBe(isGranted);
          if (found) expect(found.isBlockedByPeer).toBe(model.views[side === 0 ? 1 : 0].isBlocked);
          const pending = await bridge.stores.consents.pending(self.caller, { after: '', limit: 10 });
          expect(pending).toHaveLength(model.views[side].state === 'asked' ? 1 : 0);
        }
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('makes one grant of two requests that cross, with one conversation for both', async () => {
    const [ada, bob] = [await bridge.person('ada'), await bridge.person('bob')];
    const lodged = await Promise.all([lodge(ada, bob), lodge(bob, ada)]);
    expect(lodged.map(({ kind }) => kind).toSorted()).toEqual(['granted', 'requested']);
    const [one, two] = await Promise.all([
      bridge.stores.consents.find(ada.caller, { address: bob.caller.address }),
      bridge.stores.consents.find(bob.caller, { address: ada.caller.address }),
    ]);
    expect(must(one).conversation).toBe(must(two).conversation);
  });

  it('answers a grant given twice alike, and knows no request of other people', async () => {
    const [ada, bob, eve] = [await bridge.person('ada'), await bridge.person('bob'), await bridge.person('eve')];
    await lodge(ada, bob);
    const request = requestOf(ada, bob);
    expect(await answer(eve, request, 'grant')).toBeUndefined();
    expect(await answer(ada, request, 'revoke')).toBeUndefined();
    const first = must(await answer(bob, request, 'grant'));
    const { after, conversation, peer } = must(await answer(bob, request, 'grant'));
    expect({ after, conversation, peer }).toEqual({
      after: first.after,
      conversation: first.conversation,
      peer: first.peer,
    });
    expect(await answer(bob, request, 'revoke')).toBeUndefined();
  });

  it('tells a blocked peer who asks again what everyone with a grant is told', async () => {
    const [ada, bob] = [await bridge.person('ada'), await bridge.person('bob')];
    await lodge(ada, bob);
    await answer(bob, requestOf(ada, bob), 'grant');
    const before = await lodge(ada, bob);
    await bridge.decide.decide(bob.caller, ada.caller.address, 'revoke');
    expect(await lodge(ada, bob)).toEqual({ ...before, isTargetTold: false });
  });

  it('lets no one use one conversation id with two people', async () => {
    const [ada, bob, carol] = [await bridge.person('ada'), await bridge.person('bob'), await bridge.person('carol')];
    const conversation = mintConversationId();
    const ask = (asked: Person) =>
      bridge.stores.consents.lodge({
        tenant: TENANT,
        requester: ada.caller.account,
        targetAddress: asked.caller.address,
        conversation,
        now: bridge.clock.now(),
      });
    await Promise.all([ask(bob), ask(carol)].map((each) => each.catch(() => undefined)));
    await ask(carol);
    await ask(bob);
    const granted = [];
    for (const person of [bob, carol]) granted.push(await answer(person, requestOf(ada, person), 'grant'));
    expect(new Set(granted.map((each) => must(each).conversation)).size).toBe(2);
  });
});
