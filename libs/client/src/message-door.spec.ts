import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { messageIdFromBytes, type MessageId } from '@causeway/message-model';
import { GatewayApi } from './gateway-api.js';
import { MessageDoor } from './message-door.js';
import type { SubmitAnswer } from './submissions.js';
import { ScriptedGateway } from './testing/scripted-gateway.js';

const ID = idOf(1);
const ACCEPTED = { id: 'm1', messageId: ID, state: { kind: 'sent' as const }, deliverBefore: 1 };

function idOf(byte: number): MessageId {
  const id = messageIdFromBytes(new Uint8Array(32).fill(byte).fill(1, 0, 1));
  if (!id) throw new Error('not an id');
  return id;
}

const refusal = (status: number, code: string, members = {}): SubmitAnswer => ({
  kind: 'refused',
  problem: { type: `urn:causeway:problem:${code}`, title: code, status, code, ...members },
});

let gateway: ScriptedGateway;
let door: MessageDoor;
beforeEach(async () => {
  gateway = await ScriptedGateway.start(() => ({ status: 202, body: ACCEPTED }));
  door = new MessageDoor({ api: new GatewayApi({ gateway: gateway.url }) });
});
afterEach(() => gateway.close());

const overSocket = (answer: SubmitAnswer | undefined) => {
  const submitted: string[] = [];
  door.use({
    submit: async (_, json) => {
      submitted.push(json);
      return answer;
    },
  });
  return submitted;
};

describe('the door of messages', () => {
  it('takes the socket when it answers', async () => {
    const submitted = overSocket({ kind: 'accepted', message: ACCEPTED });
    expect(await door.submit(ID, '{"a":1}')).toEqual(ACCEPTED);
    expect(submitted).toEqual(['{"a":1}']);
    expect(gateway.calls).toEqual([]);
  });

  it.each([
    ['there is no socket', undefined],
    ['the socket gives no answer', overSocketOf(undefined)],
    ['the gateway asks for patience', overSocketOf(refusal(503, 'unavailable'))],
  ])('sends the same as a request when %s', async (_, before) => {
    before?.();
    expect(await door.submit(ID, '{"a":1}')).toEqual(ACCEPTED);
    expect(gateway.calls).toMatchObject([{ path: '/v1/messages', idempotencyKey: `"${ID}"`, body: { a: 1 } }]);
  });

  it('throws what the gateway refuses, with what the problem adds', async () => {
    overSocket(refusal(409, 'device-mismatch', { missingDevices: [{ account: 'a', deviceId: 2 }] }));
    await expect(door.submit(ID, '{}')).rejects.toMatchObject({
      name: 'ProblemError',
      code: 'device-mismatch',
      document: { missingDevices: [{ account: 'a', deviceId: 2 }] },
    });
    overSocket(refusal(429, 'abnormal-usage-detected'));
    await expect(door.submit(ID, '{}')).rejects.toMatchObject({ code: 'abnormal-usage-detected' });
    expect(gateway.calls).toEqual([]);
  });
});

function overSocketOf(answer: SubmitAnswer | undefined): () => void {
  return () => void overSocket(answer);
}
