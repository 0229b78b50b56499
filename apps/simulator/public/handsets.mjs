// The page of handsets: a list, one open phone, and what a person does on it.
import { drawBubble, drawHandset, make } from './bubbles.mjs';
import * as network from './network.mjs';

const find = (id) => document.getElementById(id);
const TYPING_EVERY_MS = 5_000;

const handsets = new Map();
const seen = new Map();
const drafts = new Map();
const withoutReceipts = new Set();
let agents = [];
let bridgeNumbers = [];
let current;
let typedAtMs = 0;

/** Runs what a person asked for, and says so when it cannot be done. */
async function attempt(act) {
  find('problem').textContent = '';
  try {
    await act();
  } catch (failure) {
    find('problem').textContent = failure instanceof Error ? failure.message : 'That did not work';
  }
}

const agentName = (agentId) => agents.find((agent) => agent.agentId === agentId)?.bridgeNumber ?? agentId;
const named = (bubble) => (bubble.network === 'rcs' ? { ...bubble, peer: agentName(bubble.peer) } : bubble);
const agentOf = () => agents[0]?.agentId;
const received = ({ timeline }) => timeline.filter(({ direction }) => direction === 'received').length;

function drawList() {
  const list = find('handsets');
  const focused = document.activeElement?.closest?.('li')?.dataset.e164;
  list.replaceChildren(
    ...[...handsets.values()].map((handset) => {
      const item = drawHandset(handset, {
        isCurrent: handset.e164 === current,
        unread: handset.e164 === current ? 0 : received(handset) - (seen.get(handset.e164) ?? 0),
        chosen: () => open(handset.e164),
      });
      item.dataset.e164 = handset.e164;
      return item;
    }),
  );
  if (focused) list.querySelector(`[data-e164="${CSS.escape(focused)}"] button`)?.focus();
}

function drawWays({ hasRcs, timeline }) {
  const select = find('compose-network');
  const last = timeline.findLast(({ direction }) => direction === 'received');
  const written = timeline.filter(({ network: name }) => name === 'sms').map(({ peer }) => peer);
  const numbers = [...new Set([...bridgeNumbers, ...agents.map(({ bridgeNumber }) => bridgeNumber), ...written])];
  const ways = [
    ...(hasRcs ? agents.map(({ agentId, bridgeNumber }) => ['rcs', agentId, `RCS to ${bridgeNumber}`]) : []),
    ...numbers.map((number) => ['sms', number, `SMS to ${number}`]),
  ];
  const wanted =
    select.value && select.dataset.e164 === current ? select.value : last && `${last.network} ${last.peer}`;
  select.dataset.e164 = current;
  select.replaceChildren(
    ...ways.map(([name, peer, text]) => {
      const option = make('option', { text });
      option.value = `${name} ${peer}`;
      return option;
    }),
  );
  if (ways.some(([name, peer]) => `${name} ${peer}` === wanted)) select.value = wanted;
}

const wayOf = () => {
  const [name, peer] = find('compose-network').value.split(' ');
  if (!peer) throw new Error('There is no number or agent to write to');
  return { network: name, peer };
};

function drawBubbles({ timeline }) {
  const log = find('bubbles');
  const known = new Map([...log.children].map((item) => [item.dataset.key, item]));
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  // what did not change stays in place, so that nothing is read out twice
  const items = timeline.map((bubble) => {
    const key = JSON.stringify([current, bubble]);
    const item = known.get(key) ?? drawBubble(named(bubble), tapped);
    item.dataset.key = key;
    return item;
  });
  if (items.length !== log.children.length || items.some((item, index) => item !== log.children[index]))
    log.replaceChildren(...items);
  if (isAtEnd) log.scrollTop = log.scrollHeight;
}

function draw() {
  drawList();
  const handset = handsets.get(current);
  find('phone').hidden = handset === undefined;
  find('nobody').hidden = handset !== undefined;
  if (!handset) return;
  const { e164, isOnline, hasRcs, encryptedWith, unsubscribedFrom, typing } = handset;
  find('phone-number').textContent = e164;
  const states = [
    isOnline ? 'online' : 'offline: messages wait',
    hasRcs ? 'RCS' : 'lost RCS: SMS only',
    ...(unsubscribedFrom.length > 0 ? ['unsubscribed'] : []),
  ];
  find('phone-status').textContent = states.join(' · ');
  find('switch-online').checked = isOnline;
  find('switch-rcs').checked = hasRcs;
  find('switch-encryption').checked = encryptedWith.includes(agentOf());
  find('switch-encryption').disabled = agentOf() === undefined || !hasRcs;
  find('switch-receipts').checked = !withoutReceipts.has(e164);
  find('typing').hidden = typing.length === 0;
  drawWays(handset);
  drawBubbles(handset);
  seen.set(e164, received(handset));
}

/** The person has the phone open and looks at it: that is reading. */
async function readAll({ e164, isOnline, timeline }) {
  if (e164 !== current || !isOnline || document.hidden || withoutReceipts.has(e164)) return;
  const unread = timeline.filter((each) => each.network === 'rcs' && each.direction === 'received' && !each.isRead);
  for (const { id } of unread) await network.markRead(e164, id);
}

async function refresh(e164) {
  const handset = await network.readHandset(e164);
  handsets.set(e164, handset);
  current ??= e164;
  draw();
  await readAll(handset);
  // typing fades by itself, and nobody says when
  if (handset.typing.length > 0) setTimeout(() => void refresh(e164), 5_000);
}

async function open(e164) {
  const text = find('compose-text');
  if (current !== undefined) drafts.set(current, text.value);
  current = e164;
  text.value = drafts.get(e164) ?? '';
  find('problem').textContent = '';
  await refresh(e164);
  find('bubbles').scrollTop = find('bubbles').scrollHeight;
}

const tapped = (bubble, chip) =>
  attempt(async () => {
    const agentId = handsets.get(current)?.timeline.find(({ id }) => id === bubble.id)?.peer;
    await (chip.action === 'share-location'
      ? network.sendPlace(current, agentId)
      : network.tap(current, agentId, chip));
  });

const send = (text) => network.writeText(current, wayOf(), text);

find('compose').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = find('compose-text');
  void attempt(async () => {
    if (text.value.trim() === '') return;
    await send(text.value);
    text.value = '';
  });
});

find('compose-text').addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  find('compose').requestSubmit();
});

find('compose-text').addEventListener('input', () => {
  const way = wayOf();
  if (way.network !== 'rcs' || withoutReceipts.has(current) || Date.now() < typedAtMs + TYPING_EVERY_MS) return;
  typedAtMs = Date.now();
  void attempt(() => network.sayTyping(current, way.peer));
});

for (const button of document.querySelectorAll('[data-word]'))
  button.addEventListener('click', () => void attempt(() => send(button.dataset.word)));

find('send-place').addEventListener('click', () =>
  attempt(async () => {
    const way = wayOf();
    await (way.network === 'rcs' ? network.sendPlace(current, way.peer) : send('geo:46.9481,7.4474'));
  }),
);

find('send-file').addEventListener('change', (event) => {
  const [file] = event.target.files;
  void attempt(() => network.writeFile(current, wayOf(), file));
  event.target.value = '';
});

const switched = (id, act) =>
  find(id).addEventListener('change', (event) => void attempt(() => act(event.target.checked)));
switched('switch-online', (isOn) => network.setOnline(current, isOn));
switched('switch-rcs', (isOn) => network.setRcs(current, isOn));
switched('switch-encryption', (isOn) => network.setEncryption(current, agentOf(), isOn));
switched('switch-receipts', async (isOn) => {
  if (isOn) withoutReceipts.delete(current);
  else withoutReceipts.add(current);
  await refresh(current);
});

find('add').addEventListener('submit', (event) => {
  event.preventDefault();
  const input = find('add-number');
  const number = input.value.trim();
  input.value = '';
  void attempt(() => open(number));
});

document.addEventListener('visibilitychange', () => current !== undefined && void refresh(current));

async function start() {
  const state = await network.readState();
  ({ agents, bridgeNumbers } = state);
  for (const handset of state.handsets) handsets.set(handset.e164, handset);
  const asked = decodeURIComponent(location.hash.slice(1));
  const [first] = handsets.keys();
  if (/^\+[1-9]\d{6,14}$/.test(asked)) await open(asked);
  else if (first !== undefined) await open(first);
  draw();
}

network.listen({
  changed: (e164) => void refresh(e164),
  connected(isOpen) {
    const line = find('connection');
    line.textContent = isOpen ? 'Live' : 'Reconnecting …';
    line.dataset.open = String(isOpen);
    // whatever happened while nobody listened
    if (isOpen) void start();
  },
});
