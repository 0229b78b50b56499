import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CausewayError, mintConversationId, parseDeviceId } from '@causeway/message-model';
import { InProcess, must } from '../support/in-process.js';
import { befriended, boxFor, clearInbox, headerTo, messageTo, nativeBody } from '../support/native-message.js';

let bridge: InProcess;
beforeAll(async () => {
  bridge = await InProcess.open();
}, 60_000);
afterAll(async () => bridge.close());

const codeOf = async (act: Promise<unknown>): Promise<unknown> =>
  act.then(
    () => 'no problem',
    (thrown: unknown) => (thrown instanceof CausewayError ? thrown.code : thrown),
  );

describe('SendMessage', () => {
  it('puts a message for an idle conversation into the inbox with the 202', async () => {
    const { ada, bob, conversation } = await befriended(bridge);
    const accepted = await bridge.send.execute(ada.caller, messageTo(bridge, { conversation, recipient: bob }));
    expect(accepted.state).toBe('sent');
    expect(await bridge.inbox(bob)).toMatchObject([{ kind: 'box' }]);
    expect(bridge.wokenDevices).toContainEqual(expect.objectContaining({ account: bob.caller.account }));
  });

  it('takes the same message once, however often and however much at once it is sent', async () => {
    const { ada, bob, conversation } = await befriended(bridge);
    const request = messageTo(bridge, { conversation, recipient: bob });
    const again = () => ({ ...request, body: nativeBody(conversation, bob) });
    const answers = await Promise.all([request, again(), again()].map((each) => bridge.send.execute(ada.caller, each)));
    answers.push(await bridge.send.execute(ada.caller, again()));
    expect(new Set(answers.map(({ ref }) => ref)).size).toBe(1);
    expect(await bridge.inbox(bob)).toHaveLength(1);
  });

  it('refuses an id that was used for another conversation', async () => {
    const { ada, bob, conversation } = await befriended(bridge);
    const request = messageTo(bridge, { conversation, recipient: bob });
    await bridge.send.execute(ada.caller, request);
    const other = headerTo(bridge, bob.caller.address, { messageId: request.messageId });
    expect(await codeOf(bridge.send.execute(ada.caller, other))).toBe('idempotency-mismatch');
  });

  it('gives a waiting message its words once, and only for the deadline and the leg it was accepted for', async () => {
    const { ada, bob, conversation } = await befriended(bridge);
    const waiting = messageTo(
      bridge,
      { conversation, recipient: bob },
      { body: { leg: 'none', reason: 'key-change' } },
    );
    expect(await bridge.send.execute(ada.caller, waiting)).toMatchObject({
      state: 'waiting-on-sender',
      reason: 'key-change',
    });
    const sealed = { ...waiting, body: nativeBody(conversation, bob) };
    const later = { ...sealed, deliverBefore: sealed.deliverBefore + 60 };
    expect(await codeOf(bridge.send.execute(ada.caller, later))).toBe('idempotency-mismatch');
    const both = await Promise.all(
      [sealed, { ...sealed, body: nativeBody(conversation, bob) }].map((each) => bridge.send.execute(ada.caller, each)),
    );
    expect(both.map(({ state }) => state)).toEqual(['ready', 'ready']);
    await bridge.drain.execute(must(bridge.wokenLanes.at(-1)));
    expect(await bridge.inbox(bob)).toHaveLength(1);
    expect(await bridge.send.execute(ada.caller, sealed)).toMatchObject({ state: 'sent' });
  });

  it('names missing and extra devices with 409 and replaced ones with 410, and stores nothing', async () => {
    const { ada, bob, conversation } = await befriended(bridge);
    const body = nativeBody(conversation, bob);
    const box = boxFor(bob);
    const send = (recipient: readonly ReturnType<typeof boxFor>[], sync: readonly ReturnType<typeof boxFor>[] = []) =>
      codeOf(
        bridge.send.execute(
          ada.caller,
          messageTo(
            bridge,
            { conversation, recipient: bob },
            { body: { ...body, recipient: [...recipient], sync: [...sync] } },
          ),
        ),
      );
    expect(await send([{ ...box, deviceId: must(parseDeviceId(2)) }])).toBe('device-mismatch');
    expect(await send([{ ...box, registrationId: 99 }])).toBe('device-stale');
    expect(await send([box], [boxFor(ada)])).toBe('device-mismatch');
    expect(await send([{ ...box, sealKeyId: 7 }])).toBe('device-stale');
    expect(await send([box, box])).toBe('invalid-request');
    expect(await bridge.inbox(bob)).toEqual([]);
  });

  it('answers a sender who was blocked as ever, also while earlier messages wait, and the words go nowhere', async () => {
    const { ada, bob, conversation } = await befriended(bridge);
    await bridge.decide.decide(bob.caller, ada.caller.address, 'revoke');
    const direct = await bridge.send.execute(ada.caller, messageTo(bridge, { conversation, recipient: bob }));
    expect(direct.state).toBe('sent');
    const waiting = await bridge.send.execute(
      ada.caller,
      messageTo(bridge, { conversation, recipient: bob }, { body: { leg: 'none', reason: 'route' } }),
    );
    const behind = await bridge.send.execute(ada.caller, messageTo(bridge, { conversation, recipient: bob }));
    expect(behind.state).toBe('ready');
    await bridge.cancel.execute(ada.caller, waiting.ref);
    await bridge.drain.execute(must(bridge.wokenLanes.at(-1)));
    expect(await bridge.stores.messages.find(ada.caller, behind.ref)).toMatchObject({ state: 'sent' });
    expect(await bridge.inbox(bob)).toEqual([]);
    await bridge.decide.decide(bob.caller, ada.caller.address, 'grant');
    await bridge.send.execute(ada.caller, messageTo(bridge, { conversation, recipient: bob }));
    expect(await bridge.inbox(bob)).toHaveLength(1);
  });

  it('answers a first contact alike for people who exist, refuse, block, and for nobody', async () => {
    const [ada, open, blocking] = [
      await bridge.person('ada'),
      await bridge.person('open'),
      await bridge.person('blocking'),
    ];
    await bridge.decide.decide(blocking.caller, ada.caller.address, 'revoke');
    const targets = [open.caller.address, blocking.caller.address, 'mimi://causeway.local/u/nobody-at-all'];
    const answers = await Promise.all(
      targets.map((address) => bridge.send.execute(ada.caller, headerTo(bridge, address))),
    );
    expect(answers.map(({ state, reason }) => [state, reason])).toEqual(
      targets.map(() => ['waiting-on-sender', 'consent']),
    );
    for (const lane of bridge.wokenLanes.slice(-3)) await bridge.drain.execute(lane);
    expect(await bridge.told(ada)).toEqual([]);
    expect(await bridge.told(open)).toMatchObject([{ type: 'consent-request', from: ada.caller.address }]);
    expect(await bridge.told(blocking)).toEqual([]);
  });

  it('gives a pair another conversation when the proposed one is in use, and keeps neighbours of a batch apart', async () => {
    const { ada, bob, conversation } = await befriended(bridge);
    const carol = await bridge.person('carol');
    await bridge.decide.decide(carol.caller, ada.caller.address, 'grant');
    const to = { ...headerTo(bridge, carol.caller.address).to, conversation };
    await bridge.send.execute(ada.caller, headerTo(bridge, carol.caller.address, { to }));
    await bridge.drain.execute(must(bridge.wokenLanes.at(-1)));
    const withCarol = must(await bridge.stores.consents.find(ada.caller, { address: carol.caller.address }));
    expect(withCarol.conversation).not.toBe(conversation);
    await clearInbox(bridge, carol);
    const both = [
      messageTo(bridge, { conversation, recipient: bob }),
      messageTo(bridge, { conversation: withCarol.conversation, recipient: carol }),
    ];
    await Promise.all(both.map((each) => bridge.send.execute(ada.caller, each)));
    expect(await bridge.inbox(carol)).toHaveLength(1);
  });

  it('knows no conversation of other people', async () => {
    const { bob, conversation } = await befriended(bridge);
    const eve = await bridge.person('eve');
    expect(await codeOf(bridge.send.execute(eve.caller, messageTo(bridge, { conversation, recipient: bob })))).toBe(
      'no-consent',
    );
    expect(
      await codeOf(
        bridge.send.execute(eve.caller, messageTo(bridge, { conversation: mintConversationId(), recipient: bob })),
      ),
    ).toBe('no-consent');
  });
});
