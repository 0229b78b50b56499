import type { Device, SentMessage } from '@causeway/client';
import type { MessageState } from '@causeway/message-model';
import { BRIDGE_NUMBERS, eventually, type World } from '../support/world.js';
import type { Canaries } from './canaries.js';
import { AGENT_ID, type ForensicSite } from './forensic-site.js';

const SMS = { allowClear: ['sms'] } as const;
const LATER = { withinMs: 90_000 };
/** Long enough to be accepted on a slow machine, short enough to run out while its lane stands still. */
const SHORT_SECONDS = 10;

/** Who took part; their devices are closed with the world. */
export interface Travellers {
  readonly lee: Device;
  /** Several, since whoever writes to many strangers who never answer is slowed down. By the names of their folders. */
  readonly senders: ReadonlyMap<string, Device>;
}

/** Brings a message of its own into every state there is, and leaves those that can wait where they wait. */
export async function travel({ world }: ForensicSite, canaries: Canaries): Promise<Travellers> {
  const people = [];
  for (const name of ['kim', 'lee', 'mo', 'nan', 'pat', 'ron']) people.push(await world.register(name));
  const [kim, lee, mo, nan, pat, ron] = people;
  if (!kim || !lee || !mo || !nan || !pat || !ron) throw new Error('not everybody could register');
  await native(canaries, { kim, lee, mo, nan });
  await overSms(world, canaries, kim);
  await withoutAnswers(world, canaries, pat);
  await overRcs(world, canaries, ron);
  await inbound(world, canaries, kim);
  await waiting(world, canaries, ron);
  const senders = new Map([
    ['kim', kim],
    ['pat', pat],
    ['ron', ron],
  ]);
  return { lee, senders };
}

async function native(
  canaries: Canaries,
  { kim, lee, mo, nan }: Readonly<Record<'kim' | 'lee' | 'mo' | 'nan', Device>>,
): Promise<void> {
  await kim.send(mo.address, canaries.words('body', 'waits for consent'));
  for (const friend of [lee, nan]) await friend.allow(kim.address);
  const words = canaries.words('body', 'native, delivered');
  await ends(kim, await kim.send(lee.address, words), 'delivered');
  await kim.attach(lee.address, {
    contentType: 'image/png',
    url: 'https://files.example/sealed',
    hashAlg: 1,
    contentHash: new Uint8Array(32),
    filename: canaries.words('media name', 'native'),
    description: canaries.words('name', 'native'),
  });
  await ends(kim, await kim.send(nan.address, 'hello'), 'delivered');
  await nan.close();
  await kim.send(nan.address, canaries.words('body', 'native, waits in the inbox'));
  await kim.send(nan.address, canaries.words('body', 'native, expires'), { deliverBefore: soon() });
}

async function overSms(world: World, canaries: Canaries, kim: Device): Promise<void> {
  const send = (state: string) =>
    kim.send(`tel:${canaries.number(state)}`, canaries.words('body', `sms, ${state}`), SMS);
  await ends(kim, await send('delivered'), 'delivered');
  await world.carrier.fault({ mode: 'refuse-code', code: 21211 });
  await ends(kim, await send('refused'), 'failed');
  await world.carrier.fault({ mode: 'fail-code', code: 30006 });
  await ends(kim, await send('undelivered'), 'failed');
  await world.carrier.fault({ mode: 'accept-then-drop' });
  await ends(kim, await send('unknown, found'), 'delivered');
}

async function withoutAnswers(world: World, canaries: Canaries, pat: Device): Promise<void> {
  const send = (state: string) =>
    pat.send(`tel:${canaries.number(state)}`, canaries.words('body', `sms, ${state}`), SMS);
  await world.carrier.fault({ mode: 'drop' });
  await stands(pat, await send('unknown, never found'));
  await post(world, `/handsets/${canaries.number('sent')}/state`, { online: false });
  await ends(pat, await send('sent'), 'sent');
  const file = {
    contentType: `text/plain; name="${canaries.words('media name', 'mms')}"`,
    content: new Uint8Array(Buffer.from(canaries.words('body', 'file of an mms'))),
  };
  await pat.sendFile(`tel:${canaries.number('file')}`, file, SMS);
}

async function overRcs(world: World, canaries: Canaries, ron: Device): Promise<void> {
  const sent = await ron.send(`tel:${canaries.number('rcs')}`, canaries.words('body', 'rcs'), {
    allowClear: ['rcs', 'sms'],
  });
  await ends(ron, sent, 'delivered');
  await post(world, `/rcs/handsets/${canaries.number('rcs')}/messages`, {
    agentId: AGENT_ID,
    text: canaries.words('body', 'rcs, answer'),
  });
  await has(ron, canaries.words('body', 'rcs, answer'));
}

async function inbound(world: World, canaries: Canaries, kim: Device): Promise<void> {
  const answer = canaries.words('body', 'sms, answer');
  await world.carrier.write({ from: canaries.number('delivered'), to: BRIDGE_NUMBERS[0], text: answer });
  await has(kim, answer);
  await world.carrier.write({
    from: canaries.number('of nobody we know'),
    to: BRIDGE_NUMBERS[1],
    text: canaries.words('body', 'sms, for nobody'),
  });
}

/** Last, since they are to be found waiting: one at the carrier, and those behind it in its lane. */
async function waiting(world: World, canaries: Canaries, ron: Device): Promise<void> {
  await ron.send(`tel:${canaries.number('preview')}`, canaries.words('body', 'waits for the statement'));
  await world.carrier.fault({ mode: 'hold', point: 'before' });
  const to = `tel:${canaries.number('held')}`;
  const first = await ron.send(to, canaries.words('body', 'sms, sending'), SMS);
  await eventually(async () => (await world.carrier.held()).length === 1, LATER);
  await stands(ron, first);
  await ron.send(to, canaries.words('body', 'sms, ready'), SMS);
  const cancelled = await ron.send(to, canaries.words('body', 'sms, cancelled'), SMS);
  await ron.cancel(cancelled.messageId);
  await ends(ron, cancelled, 'cancelled');
  const expiring = await ron.send(to, canaries.words('body', 'sms, expires'), { ...SMS, deliverBefore: soon() });
  await ends(ron, expiring, 'expired');
}

const soon = (): number => Math.floor(Date.now() / 1000) + SHORT_SECONDS;

async function ends(device: Device, { messageId }: SentMessage, kind: MessageState['kind']): Promise<void> {
  const what = `${messageId} is ${kind}`;
  await eventually(async () => (await device.status(messageId)).state.kind === kind, { ...LATER, what });
}

/** A carrier has it, or may have it. */
async function stands(device: Device, { messageId }: SentMessage): Promise<void> {
  let found = '';
  const isSending = async () => {
    found = JSON.stringify(await device.status(messageId));
    return found.includes('"kind":"sending"');
  };
  await eventually(isSending, LATER).catch((thrown: unknown) => {
    throw new Error(`it is not sending: ${found}`, { cause: thrown });
  });
}

async function has(device: Device, words: string): Promise<void> {
  const arrived = async () => (await device.messages()).some(({ text }) => text?.includes(words));
  await eventually(arrived, { ...LATER, what: 'an answer' });
}

async function post(world: World, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const { ok, status } = await fetch(`${world.carrier.url}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  if (!ok) throw new Error(`the simulator answered ${status} to ${path}`);
}
