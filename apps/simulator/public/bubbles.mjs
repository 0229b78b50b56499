// Draws conversations. Everything people wrote goes in as text, never as markup.

/** @param {string} tag @param {{ className?: string, text?: string }} [more] */
export function make(tag, { className, text } = {}, ...children) {
  const element = document.createElement(tag);
  if (className !== undefined) element.className = className;
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
}

const clock = (iso) => new Date(iso).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

function drawFile({ contentType, url }) {
  if (url === undefined) return make('p', { className: 'missing', text: 'A file that could not be fetched' });
  const [kind] = contentType.split('/');
  if (kind === 'image') {
    const image = make('img', { className: 'picture' });
    image.src = url;
    image.alt = 'Picture';
    return image;
  }
  if (kind === 'audio' || kind === 'video') {
    const player = make(kind);
    player.src = url;
    player.controls = true;
    return player;
  }
  const link = make('a', { className: 'file', text: `File, ${contentType}` });
  link.href = url;
  link.rel = 'noopener';
  link.target = '_blank';
  return link;
}

const MARKS = { dial: '📞 ', 'open-url': '↗ ', 'share-location': '📍 ', 'view-location': '📍 ', reply: '' };

function drawChips(chips, bubble, tapped) {
  const row = make('div', { className: 'chips' });
  for (const chip of chips) {
    const button = make('button', { className: 'chip', text: `${MARKS[chip.action]}${chip.text}` });
    button.type = 'button';
    if (chip.detail !== undefined) button.title = chip.detail;
    button.addEventListener('click', () => tapped(bubble, chip));
    row.append(button);
  }
  return row;
}

function drawCard(card, bubble, tapped) {
  const article = make('article', { className: 'card' });
  if (card.file) article.append(drawFile(card.file));
  if (card.title !== undefined) article.append(make('h3', { text: card.title }));
  if (card.description !== undefined) article.append(make('p', { className: 'text', text: card.description }));
  if (card.chips.length > 0) article.append(drawChips(card.chips, bubble, tapped));
  return article;
}

function drawMeta({ network, direction, at, isEncrypted, isRead, peer }) {
  const badge = make('span', { className: `badge ${network}`, text: `${network.toUpperCase()} · simulated` });
  const meta = make('p', { className: 'meta' }, badge);
  if (isEncrypted) meta.append(make('span', { className: 'lock', text: '🔒 encrypted' }));
  meta.append(
    make('span', { text: direction === 'received' ? `from ${peer}` : `to ${peer}` }),
    make('time', { text: clock(at) }),
  );
  if (direction === 'written' && isRead) meta.append(make('span', { className: 'read', text: '✓✓ read' }));
  return meta;
}

/** One bubble, with what can be tapped in it. */
export function drawBubble(bubble, tapped) {
  const item = make('li', { className: `bubble ${bubble.direction} ${bubble.network}` });
  item.dataset.id = bubble.id;
  const body = make('div', { className: 'body' });
  for (const file of bubble.files) body.append(drawFile(file));
  if (bubble.text !== '') body.append(make('p', { className: 'text', text: bubble.text }));
  if (body.childNodes.length > 0) item.append(body);
  if (bubble.cards.length > 0) {
    const cards = make('div', { className: bubble.cards.length > 1 ? 'carousel' : 'single' });
    if (bubble.cards.length > 1) {
      cards.tabIndex = 0;
      cards.setAttribute('role', 'group');
      cards.setAttribute('aria-label', `${bubble.cards.length} cards`);
    }
    cards.append(...bubble.cards.map((card) => drawCard(card, bubble, tapped)));
    item.append(cards);
  }
  if (bubble.chips.length > 0) item.append(drawChips(bubble.chips, bubble, tapped));
  item.append(drawMeta(bubble));
  return item;
}

const preview = ({ text, cards, files }) =>
  text || cards[0]?.title || cards[0]?.description || (files.length > 0 ? 'A file' : '');

/** One line of the list of handsets. */
export function drawHandset(handset, { isCurrent, unread, chosen }) {
  const last = handset.timeline.at(-1);
  const button = make(
    'button',
    { className: 'handset' },
    make('span', { className: 'number', text: handset.e164 }),
    make('span', { className: 'last', text: last ? preview(last) : 'No messages' }),
  );
  button.type = 'button';
  if (isCurrent) button.setAttribute('aria-current', 'true');
  const states = [
    ...(handset.isOnline ? [] : [make('span', { className: 'state off', text: 'offline' })]),
    ...(handset.hasRcs ? [] : [make('span', { className: 'state', text: 'no RCS' })]),
    ...(unread > 0 ? [make('span', { className: 'unread', text: `${unread} new` })] : []),
  ];
  button.append(make('span', { className: 'states' }, ...states));
  button.addEventListener('click', chosen);
  return make('li', {}, button);
}
