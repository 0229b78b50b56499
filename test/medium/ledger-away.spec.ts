import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CausewayError } from '@causeway/message-model';
import { ClearBridge } from '../support/clear-bridge.js';
import type { Person } from '../support/in-process.js';

let edge: ClearBridge;
let ada: Person;
beforeAll(async () => {
  edge = await ClearBridge.open();
  ada = await edge.bridge.person('ada');
}, 60_000);
afterAll(async () => edge.close());

const away = (): Promise<never> => Promise.reject(new CausewayError('unavailable'));

describe('while no edge keeps the ledger', () => {
  it('a message whose attempt could not be remembered goes once the ledger is back, once, without a look-up', async () => {
    const phone = '+14155557001';
    const one = await edge.send(ada, await edge.contact(ada, phone), 'between two keepers');
    const { ledger } = edge.bridge;
    const remember = ledger.rememberSent.bind(ledger);
    // the keeper wrote it down and died before it could say so
    const dying = jest.spyOn(ledger, 'rememberSent').mockImplementationOnce(async (sent) => {
      await remember(sent);
      return away();
    });
    const gone = jest.spyOn(ledger, 'retractSent').mockImplementationOnce(away);
    await edge.drain(one.lane);
    expect([dying.mock.calls.length, gone.mock.calls.length, await edge.calls()]).toEqual([1, 1, 0]);
    expect(await edge.find(ada, one)).toMatchObject({ state: 'ready', attempts: [{ outcome: 'not-sent' }] });
    edge.bridge.clock.advanceSeconds(1);
    await edge.drain(one.lane);
    expect(await edge.received(phone, 1)).toEqual(['between two keepers']);
    expect([await edge.calls(), await edge.calls('list')]).toEqual([1, 0]);
  });

  it('a message waits, untouched, when the sender’s keys cannot be checked', async () => {
    const phone = '+14155557002';
    const one = await edge.send(ada, await edge.contact(ada, phone), 'not yet');
    const calls = await edge.calls();
    const checking = jest.spyOn(edge.bridge.ledger, 'accountKey').mockImplementationOnce(away);
    await expect(edge.dispatch.execute(one.lane)).rejects.toMatchObject({ code: 'unavailable' });
    checking.mockRestore();
    expect([await edge.calls(), (await edge.find(ada, one)).state]).toEqual([calls, 'ready']);
    expect(await edge.dueMs(one.lane)).not.toBeNull();
    await edge.drain(one.lane);
    expect(await edge.received(phone, 1)).toEqual(['not yet']);
  });

  it('a code of the carrier without a row is counted', async () => {
    await edge.fault({ mode: 'refuse-code', code: 29_999, count: 1 });
    const one = await edge.send(ada, await edge.contact(ada, '+14155557003'), 'what does it mean');
    await edge.drain(one.lane);
    expect(await edge.bridge.metrics.text()).toContain('causeway_unknown_vendor_codes_total{network="sms"} 1');
  });
});
