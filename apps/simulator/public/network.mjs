// What the page asks of the simulator and tells it.

/** @param {string} path @param {unknown} [body] */
async function post(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.ok) return;
  const told = await response.json().catch(() => ({}));
  throw new Error(told.message ?? `The simulator answered ${response.status}`);
}

const of = (e164) => encodeURIComponent(e164);

export const readState = async () => (await fetch('/phones/state')).json();
export const readHandset = async (e164) => (await fetch(`/phones/state/${of(e164)}`)).json();

export const setOnline = (e164, online) => post(`/handsets/${of(e164)}/state`, { online });
export const setRcs = (e164, hasRcs) => post(`/rcs/handsets/${of(e164)}/state`, { hasRcs });
export const setEncryption = (e164, agentId, isOn) =>
  post(`/rcs/handsets/${of(e164)}/state`, { encryption: { agentId, isOn } });
export const markRead = (e164, messageId) => post(`/rcs/handsets/${of(e164)}/read`, { messageId });
export const sayTyping = (e164, agentId) => post(`/rcs/handsets/${of(e164)}/typing`, { agentId });

/** @param {{ network: 'sms' | 'rcs', peer: string }} way */
export const writeText = (e164, { network, peer }, text) =>
  network === 'sms'
    ? post(`/handsets/${of(e164)}/messages`, { to: peer, body: text })
    : post(`/rcs/handsets/${of(e164)}/messages`, { agentId: peer, text });

export async function writeFile(e164, { network, peer }, file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const contentType = file.type || 'application/octet-stream';
  const base64 = btoa(binary);
  await (network === 'sms'
    ? post(`/handsets/${of(e164)}/media`, { to: peer, contentType, content: base64 })
    : post(`/rcs/handsets/${of(e164)}/messages`, { agentId: peer, file: { contentType, base64 } }));
}

export const tap = (e164, agentId, { text, postbackData }) =>
  post(`/rcs/handsets/${of(e164)}/messages`, { agentId, suggestionResponse: { text, postbackData } });

export const sendPlace = (e164, agentId) =>
  post(`/rcs/handsets/${of(e164)}/messages`, { agentId, location: { latitude: 46.9481, longitude: 7.4474 } });

/** Calls `changed` with the number of each handset that changed, and `connected` with whether the line is open. */
export function listen({ changed, connected }) {
  const source = new EventSource('/phones/events');
  source.addEventListener('open', () => connected(true));
  source.addEventListener('error', () => connected(false));
  source.addEventListener('change', (event) => changed(JSON.parse(event.data).e164));
}
