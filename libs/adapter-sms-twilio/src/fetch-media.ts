import { toBytes, type Bytes } from '@causeway/message-model';
import type { FetchesMedia } from '@causeway/network-adapter';
import { mediaUrl, readMediaLocation } from './media-location.js';
import type { TwilioSmsOptions } from './twilio-sms-options.js';

type MediaAnswer = Awaited<ReturnType<FetchesMedia['fetchMedia']>>;

/** Where Twilio sends those who ask for a file: its own content network and its store at Amazon. */
const STORES = /^(?:[a-z0-9-]+\.)*twiliocdn\.com$|^(?:[a-z0-9.-]+\.)?s3[a-z0-9.-]*\.amazonaws\.com$/;
const MOST_REDIRECTS = 2;
const TIMEOUT_MS = 15_000;
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;

/**
 * Fetches what a person attached: with the account's credentials from the API, without them from where that leads, which must
 * be a store of Twilio's over TLS. Never throws.
 */
export async function fetchMedia(
  options: TwilioSmsOptions,
  url: string,
  { limitBytes, signal }: { readonly limitBytes: number; readonly signal: AbortSignal },
): Promise<MediaAnswer> {
  const location = readMediaLocation(url);
  if (!location || location.accountSid !== options.accountSid) return { kind: 'gone' };
  const within = AbortSignal.any([signal, AbortSignal.timeout(options.callTimeoutMs ?? TIMEOUT_MS)]);
  const { accountSid, authToken } = options;
  const basic = Buffer.from(`${accountSid}:${authToken.reveal()}`).toString('base64');
  try {
    let response = await ask(mediaUrl(options.apiUrl, location), { authorization: `Basic ${basic}` }, within);
    for (let hop = 0; hop < MOST_REDIRECTS && isRedirect(response); hop += 1) {
      await response.body?.cancel();
      const next = followed(response, options);
      if (next === undefined) return { kind: 'gone' };
      response = await ask(next, {}, within);
    }
    return await readAnswer(response, limitBytes);
  } catch {
    // no connection, or one that broke: nothing changed at Twilio, so it may simply be asked again
    return { kind: 'unavailable' };
  }
}

const ask = (url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> =>
  fetch(url, { headers, redirect: 'manual', signal });

const isRedirect = ({ status }: Response): boolean => status >= 300 && status < 400;

/** `undefined` when it leads anywhere else than to a store of Twilio's, or of the simulator that stands for it. */
function followed(response: Response, { apiUrl }: TwilioSmsOptions): string | undefined {
  const given = response.headers.get('location');
  if (given === null || !URL.canParse(given, response.url)) return undefined;
  const next = new URL(given, response.url);
  if (apiUrl !== undefined && next.origin === new URL(apiUrl).origin) return next.href;
  return next.protocol === 'https:' && next.port === '' && STORES.test(next.hostname) ? next.href : undefined;
}

async function readAnswer(response: Response, limitBytes: number): Promise<MediaAnswer> {
  if (response.status === 404 || response.status === 410) return { kind: 'gone' };
  if (!response.ok || isRedirect(response)) {
    await response.body?.cancel();
    return { kind: 'unavailable', vendorCode: `http-${response.status}` };
  }
  const [contentType = ''] = (response.headers.get('content-type') ?? '').toLowerCase().split(';');
  const content = await readUpTo(response, limitBytes);
  if (!content) return { kind: 'too-large' };
  const known = MEDIA_TYPE.test(contentType.trim()) ? contentType.trim() : 'application/octet-stream';
  return { kind: 'media', contentType: known, content };
}

async function readUpTo(response: Response, limitBytes: number): Promise<Bytes | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | undefined = response.body ?? undefined;
  if (!body) return toBytes(new Uint8Array());
  for await (const chunk of body) {
    size += chunk.byteLength;
    // leaving the loop cancels the rest
    if (size > limitBytes) return undefined;
    chunks.push(chunk);
  }
  return toBytes(Buffer.concat(chunks));
}
