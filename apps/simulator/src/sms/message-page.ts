import { single, type FormFields } from './new-message.js';
import { listedAtMs, renderMessage, type SmsMessage } from './sms-message.js';

/** Filters of `GET Messages.json`; the two date bounds include their instant, as Twilio's `>=` and `<=` do. */
function filterOf(query: FormFields): (message: SmsMessage) => boolean {
  const to = single(query, 'To');
  const from = single(query, 'From');
  const day = dateOf(single(query, 'DateSent'));
  const after = dateOf(single(query, 'DateSent>')) ?? day ?? Number.NEGATIVE_INFINITY;
  const before =
    dateOf(single(query, 'DateSent<')) ?? (day === undefined ? Number.POSITIVE_INFINITY : day + 86_400_000);
  return (message) =>
    (to === undefined || message.to === to) &&
    (from === undefined || message.from === from) &&
    toWholeSecond(listedAtMs(message)) >= after &&
    toWholeSecond(listedAtMs(message)) <= before;
}

/** Twilio's dates have whole seconds. */
const toWholeSecond = (ms: number): number => Math.floor(ms / 1_000) * 1_000;

const dateOf = (text: string | undefined): number | undefined => {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? undefined : ms;
};

const bounded = (text: string | undefined, fallback: number, smallest: number, largest: number): number => {
  const value = Number(text ?? fallback);
  return Number.isInteger(value) ? Math.min(Math.max(value, smallest), largest) : fallback;
};

/** One page of the list with the links by which the SDK walks on. */
export function renderPage(path: string, query: FormFields, messages: readonly SmsMessage[]) {
  const found = messages.filter(filterOf(query));
  const size = bounded(single(query, 'PageSize'), 50, 1, 1_000);
  const page = bounded(single(query, 'Page'), 0, 0, 1_000_000);
  const start = page * size;
  const shown = found.slice(start, start + size);
  const link = (number: number): string => {
    const parameters = new URLSearchParams({ PageSize: String(size), Page: String(number) });
    for (const name of ['To', 'From', 'DateSent', 'DateSent>', 'DateSent<']) {
      const value = single(query, name);
      if (value !== undefined) parameters.set(name, value);
    }
    return `${path}?${parameters.toString()}`;
  };
  return {
    first_page_uri: link(0),
    end: start + Math.max(shown.length - 1, 0),
    previous_page_uri: page > 0 ? link(page - 1) : null,
    messages: shown.map(renderMessage),
    uri: link(page),
    page_size: size,
    start,
    next_page_uri: start + size < found.length ? link(page + 1) : null,
    page,
  };
}
