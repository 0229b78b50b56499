import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  decodeContent,
  FEATURES,
  fromBase64Url,
  mintContactId,
  mintConversationId,
  parseMessageId,
  parseTenantId,
  plainTextOf,
  textContent,
} from '@causeway/message-model';
import { planDigest, sealAddressSchema, sendMessageSchema, type SendMessageRequest } from '@causeway/api-contract';
import {
  checkStatementForm,
  generateKeyPair,
  openAddress,
  openAtEdge,
  openStatement,
  signEdgeBundle,
  type EdgeBoxContext,
  type KeyPair,
} from '@causeway/signal-protocol';
import type { SendOptions } from './compose.js';
import { EdgeTrust } from './edge-trust.js';
import { Outgoing, type SentMessage } from './outgoing.js';
import { Peers } from './peers.js';
import { RECORDS } from './records.js';
import { problem, ScriptedGateway, type ScriptedAnswer, type ScriptedCall } from './testing/scripted-gateway.js';
import { TestDevice } from './testing/test-device.js';

const NUMBER = 'tel:+14155550123';
const TENANT = 'default';
const contact = mintContactId();
const conversation = mintConversationId();
const leg = generateKeyPair();
const next = generateKeyPair();

let ada: TestDevice;
let edge: KeyPair;
let gateway: ScriptedGateway;
let outgoing: Outgoing;
let script: (call: ScriptedCall) => ScriptedAnswer | undefined;
let networks: ('sms' | 'rcs')[];
let features: Record<string, string>;

function bundle(signer = edge, key = leg) {
  const now = Math.floor(Date.now() / 1000);
  const day = { sealFrom: now - 10, sealUntil: now + 3600, destroyAt: now + 100_000 };
  const short = { ...day, sealUntil: now + 300, destroyAt: now + 1200 };
  const keyId = key === leg ? 'first' : 'second';
  return signEdgeBundle(
    {
      region: 'eu',
      issuedAt: now,
      keys: [
        { keyId: `${keyId}-day`, track: 'day', publicKey: key.publicKey, ...day },
        { keyId: `${keyId}-short`, track: 'short', publicKey: key.publicKey, ...short },
      ],
    },
    signer.privateKey,
  );
}

const describeEdge = (signer = edge): ScriptedAnswer => ({
  status: 200,
  body: { tenant: TENANT, region: 'eu', identity: signer.publicKey, bundle: bundle(signer) },
});

function plan(shown = bundle()): ScriptedAnswer {
  const digest = planDigest({ tenant: TENANT, conversation, leg: 'clear', networks });
  const capabilities = { features, limits: {} };
  const rest = { capabilities, simulated: ['sms'], edge: shown, region: 'eu', maxLifetimeSeconds: 86_400, digest };
  return { status: 200, body: { leg: 'clear', conversation, contact, networks, ...rest } };
}

function truth({ method, path, body }: ScriptedCall): ScriptedAnswer {
  switch (`${method} ${path}`) {
    case 'GET /v1/edge':
      return describeEdge();
    case 'POST /v1/contacts':
      return { status: 201, body: { contact, conversation, country: 'US', lineType: 'mobile' } };
    case 'POST /v1/routes':
      return plan();
    case 'POST /v1/messages': {
      const { messageId, deliverBefore, body: sealed } = sendMessageSchema.parse(body);
      const state = sealed.leg === 'none' ? { kind: 'waiting-on-sender', reason: sealed.reason } : { kind: 'accepted' };
      return { status: 202, body: { id: 'g', messageId, deliverBefore, state } };
    }
    default:
      return { status: 500 };
  }
}

beforeEach(async () => {
  networks = ['sms'];
  features = Object.fromEntries(FEATURES.map((feature) => [feature, feature === 'text' ? 'full' : 'dropped']));
  script = () => undefined;
  gateway = await ScriptedGateway.start((call) => script(call) ?? truth(call));
  ada = await TestDevice.make('ada', gateway.url);
  edge = generateKeyPair();
  await ada.context.store.unit((unit) => ada.context.own.change(unit, { edgeIdentity: edge.publicKey }));
  outgoing = new Outgoing(ada.context, new Peers(ada.context), new EdgeTrust(ada.context));
});
afterEach(async () => {
  await outgoing.close();
  await gateway.close();
  await ada.dispose();
});

const send = (text: string, options: SendOptions = {}): Promise<SentMessage> =>
  outgoing.send({ address: NUMBER, options, build: (header) => textContent({ ...header, text }) });
const submitted = (): SendMessageRequest[] =>
  gateway.calls.filter(({ path }) => path === '/v1/messages').map(({ body }) => sendMessageSchema.parse(body));

function opened(request: SendMessageRequest, key = leg) {
  const { body, messageId, deliverBefore: deadline } = request;
  const tenant = parseTenantId(TENANT);
  if (body.leg !== 'clear' || !tenant) throw new Error('not a clear body');
  const { account: senderAccount, deviceId: senderDevice } = ada.context.own.current;
  const sender = { senderAccount, senderDevice, contactId: contact };
  const { planDigest: digest, keyId } = body;
  const about = { tenant, region: 'eu', keyId, messageId, ...sender, networks: body.networks };
  const context: EdgeBoxContext = { ...about, planDigest: digest, deadline };
  const statement = openStatement(body.statement, ada.keys.identityKey);
  const facts = {
    now: deadline - 10,
    tenant,
    ...sender,
    networks: body.networks,
    messageId,
    conversationId: conversation,
    deadline,
  };
  return {
    inside: openAtEdge({ context, legPrivateKey: key.privateKey, box: body.box }),
    verdict: statement && checkStatementForm(statement, facts),
    statement,
  };
}

describe('a message to a number', () => {
  it('waits with a preview, and nothing of it leaves the device', async () => {
    const sent = await send('hi');
    expect(sent).toMatchObject({
      state: { kind: 'waiting-on-sender', reason: 'downgrade' },
      preview: { text: 'hi', network: 'sms', isSimulated: true },
    });
    expect(submitted()).toMatchObject([{ body: { leg: 'none', reason: 'downgrade' } }]);
    expect(JSON.stringify(gateway.calls)).not.toContain('4155550123');
  });

  it('tells its number to the edge alone', async () => {
    await send('hi');
    const asked = gateway.calls.find(({ path }) => path === '/v1/contacts');
    const { sealedAddress: box, keyId } = sealAddressSchema.parse(asked?.body);
    const tenant = parseTenantId(TENANT);
    const { account, deviceId: device } = ada.context.own.current;
    if (!tenant) throw new Error('not a tenant');
    const context = { tenant, region: 'eu', keyId, account, device };
    expect(openAddress({ context, legPrivateKey: leg.privateKey, sealedAddress: box })).toBe('+14155550123');
  });

  it('goes once the person approved it, with a statement for these words, this contact and these networks', async () => {
    const waiting = await send('hi');
    const sent = await outgoing.permit(waiting.messageId);
    expect(sent).toMatchObject({ messageId: waiting.messageId, state: { kind: 'accepted' } });
    const [, request] = submitted();
    if (!request) throw new Error('nothing was submitted');
    const { inside, verdict, statement } = opened(request);
    expect(verdict).toBe('ok');
    expect(statement).toMatchObject({
      subject: { kind: 'message', messageId: parseMessageId(sent.messageId) },
      networks: ['sms'],
    });
    expect(inside?.address).toBe(NUMBER);
    expect(inside && plainTextOf(decodeContent(inside.content, Date.now()))).toBe('hi');
  });

  it('goes at once when the person allowed it beforehand, over the allowed networks only', async () => {
    networks = ['rcs', 'sms'];
    await send('hi', { allowClear: ['sms'] });
    expect(submitted()).toMatchObject([{ body: { leg: 'clear', networks: ['sms'] } }]);
  });

  it('is shown again when what would arrive is no longer what was approved', async () => {
    const waiting = await send('hi');
    networks = ['rcs', 'sms'];
    const again = await outgoing.permit(waiting.messageId);
    expect(again).toMatchObject({ state: { kind: 'waiting-on-sender' }, preview: { networks: ['rcs', 'sms'] } });
    expect(submitted().every(({ body }) => body.leg === 'none')).toBe(true);
    expect((await outgoing.permit(waiting.messageId)).state).toEqual({ kind: 'accepted' });
  });

  it('is sealed again under the same id when the edge key went stale, with the same statement', async () => {
    let isStale = true;
    script = ({ path }) => {
      if (path !== '/v1/messages' || !isStale) return undefined;
      isStale = false;
      return problem(409, 'edge-key-stale', { edge: bundle(edge, next) });
    };
    await send('hi', { allowClear: ['sms'] });
    const [stale, fresh] = submitted();
    if (!stale || !fresh) throw new Error('not submitted twice');
    expect(fresh.messageId).toBe(stale.messageId);
    expect(opened(fresh, next).inside?.address).toBe(NUMBER);
    expect(opened(fresh, next).statement?.statementId).toBe(opened(stale).statement?.statementId);
  });

  it('fails at once when nothing of it can be said there', async () => {
    features['text'] = 'rejected';
    expect((await send('hi')).state).toEqual({ kind: 'failed', reason: 'content-rejected' });
    expect(submitted()).toEqual([]);
  });
});

describe('another edge than the pinned one', () => {
  const swap = (): KeyPair => {
    const intruder = generateKeyPair();
    script = ({ path }) =>
      path === '/v1/edge' ? describeEdge(intruder) : path === '/v1/routes' ? plan(bundle(intruder)) : undefined;
    return intruder;
  };

  it('gets nothing, and the person is told once', async () => {
    await send('first');
    const changes: string[] = [];
    ada.context.events.on('edge-changed', ({ offered }) => changes.push(offered));
    const intruder = swap();
    await expect(send('hi', { allowClear: ['sms'] })).rejects.toMatchObject({ name: 'TrustError', about: 'edge' });
    await expect(send('hi', { allowClear: ['sms'] })).rejects.toMatchObject({ name: 'TrustError' });
    expect(submitted().every(({ body }) => body.leg === 'none')).toBe(true);
    expect(changes).toHaveLength(1);
    const [offered = ''] = changes;
    expect(fromBase64Url(offered)).toEqual(intruder.publicKey);
  });

  it('gets no number either', async () => {
    swap();
    await expect(send('hi')).rejects.toMatchObject({ name: 'TrustError' });
    expect(gateway.calls.some(({ path }) => path === '/v1/contacts')).toBe(false);
  });

  it('is used after the person confirmed exactly what was shown', async () => {
    await send('first');
    const trust = new EdgeTrust(ada.context);
    let offered = '';
    ada.context.events.on('edge-changed', (change) => (offered = change.offered));
    swap();
    await expect(send('hi', { allowClear: ['sms'] })).rejects.toMatchObject({ name: 'TrustError' });
    await expect(trust.confirm('AAAA')).rejects.toMatchObject({ name: 'TrustError' });
    await trust.confirm(offered);
    expect((await send('hi again', { allowClear: ['sms'] })).state).toEqual({ kind: 'accepted' });
  });

  it('cannot come in with a plan that names other networks than its digest', async () => {
    await send('first');
    script = ({ path }) =>
      path === '/v1/routes' ? { status: 200, body: { ...Object(plan().body), digest: 'x' } } : undefined;
    await expect(send('hi', { allowClear: ['sms'] })).rejects.toMatchObject({ reason: 'plan-does-not-match' });
    expect(await ada.context.store.list(RECORDS.contact)).toHaveLength(1);
  });
});
