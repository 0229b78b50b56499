import { pause } from '../hand-over.js';
import { claiming, claimingOfFailures, delivering, rewording, sending, type Plant } from './plant.js';
import { SCRIPTED_CAPABILITIES } from './scripted-adapter.js';

const NEVER = { callBeforeMs: Number.POSITIVE_INFINITY, signal: new AbortController().signal };
let salt = 0;
/** A ref of its own, so that the network does not know it for the same message. */
const again = (ref: string): string => `${ref}-${(salt += 1)}`;

const accepted = { kind: 'accepted', externalId: 'no-call-was-made' } as const;

/** For each law about what goes out, an adapter that breaks it. */
export const OUTBOUND_FAULTS: Readonly<Record<string, Plant>> = {
  delivers: delivering(async (deliver, outbound, attempt) => {
    await deliver({ ...outbound, ref: again(outbound.ref) }, attempt);
    return deliver(outbound, attempt);
  }),
  'gives-an-external-id': claiming((outcome) =>
    outcome.kind === 'accepted' ? { ...outcome, externalId: 'the-same' } : outcome,
  ),
  'keeps-unicode': rewording((text) => text.normalize('NFKD')),
  'keeps-order': (adapter) => {
    const held: (() => Promise<unknown>)[] = [];
    return {
      deliver: async (...given: Parameters<typeof adapter.deliver>) => {
        held.unshift(() => adapter.deliver(...given));
        if (held.length === 4) for (const send of held) await send();
        return { kind: 'accepted', externalId: again('held') };
      },
    };
  },
  'delivers-side-by-side': (adapter) => {
    let last: Parameters<typeof adapter.deliver>[0] | undefined;
    return {
      deliver: async (...[outbound, attempt]: Parameters<typeof adapter.deliver>) => {
        last = outbound;
        await pause(5);
        return adapter.deliver({ ...outbound, body: last.body }, attempt);
      },
    };
  },
  'waits-for-a-slow-network': delivering(async (deliver, outbound, attempt) =>
    Promise.race([
      deliver(outbound, attempt),
      pause(50).then(() => ({ kind: 'failed', reason: 'no-answer', retry: 'later', certainty: 'maybe-sent' }) as const),
    ]),
  ),
  'same-ref-same-message': sending((outbound) => ({ ...outbound, ref: again(outbound.ref) })),
  'settles-before-disposal': () => ({ dispose: async () => undefined }),
  'takes-nothing-after-disposal': () => ({ dispose: async () => undefined }),
  'returns-refusals': delivering(async (deliver, outbound, attempt) => {
    const outcome = await deliver(outbound, attempt);
    if (outcome.kind === 'failed') throw new Error('refused');
    return outcome;
  }),
  'silence-is-maybe-sent': claimingOfFailures({ certainty: 'not-sent' }),
  'cut-off-is-maybe-sent': claimingOfFailures({ certainty: 'not-sent' }),
  'server-error-is-maybe-sent': claimingOfFailures({ retry: 'never' }),
  'unknown-code-is-maybe-sent': claimingOfFailures({ vendorCode: undefined }),
  'passes-on-the-wait': claimingOfFailures({ retryAfterMs: undefined }),
  'no-connection-is-not-sent': claimingOfFailures({ certainty: 'maybe-sent' }),
  'never-retries': delivering(async (deliver, outbound, attempt) => {
    const outcome = await deliver(outbound, attempt);
    return outcome.kind === 'failed' ? deliver(outbound, attempt) : outcome;
  }),
  'keeps-call-before': delivering((deliver, outbound, { signal }) => deliver(outbound, { ...NEVER, signal })),
  'keeps-the-abort': delivering((deliver, outbound, { callBeforeMs }) => deliver(outbound, { ...NEVER, callBeforeMs })),
  'an-abort-under-way-is-maybe-sent': delivering(async (deliver, outbound, attempt) => {
    const outcome = await deliver(outbound, attempt);
    return attempt.signal.aborted && outcome.kind === 'failed' ? { ...outcome, certainty: 'not-sent' } : outcome;
  }),
  'carries-what-just-fits': rewording((text) => text.slice(0, 199)),
  'refuses-what-is-too-long': rewording((text) => text.slice(0, 200)),
  // what English needs, for every script
  'counts-in-its-unit': rewording((text) => (/^a*$/.test(text) ? text : text.slice(0, 125))),
  'refuses-an-attachment-too-large': sending((outbound) =>
    outbound.body.kind === 'media'
      ? { ...outbound, body: { ...outbound.body, media: { ...outbound.body.media, sizeBytes: 1 } } }
      : outbound,
  ),
  'refuses-an-empty-text': rewording((text) => (text.trim() === '' ? '(empty)' : text)),
  'refuses-what-expired': sending((outbound) => ({ ...outbound, expiresAtMs: null })),
  'passes-on-the-expiry': sending((outbound) => ({ ...outbound, expiresAtMs: null })),
  'carries-what-it-declares': delivering(async (deliver, outbound, attempt) => {
    const { suggestions: _lost, ...rest } = outbound;
    return deliver(rest, attempt);
  }),
  'refuses-what-it-does-not-declare': delivering(async (deliver, outbound, attempt) =>
    outbound.body.kind === 'carousel' ? accepted : deliver(outbound, attempt),
  ),
  'grades-every-feature': () => ({
    capabilities: async () => ({ ...SCRIPTED_CAPABILITIES, limits: { textCharacters: 0 } }),
  }),
  'abilities-match-the-declaration': () => ({ showTyping: undefined }),
  'never-carries-openly-what-must-be-encrypted': sending((outbound) => ({ ...outbound, isEncryptionRequired: false })),
  'says-when-it-was-encrypted': claiming((outcome) =>
    outcome.kind === 'accepted' ? { kind: 'accepted', externalId: outcome.externalId } : outcome,
  ),
  'outcomes-hold-no-plaintext': claiming((outcome, outbound) =>
    outcome.kind === 'failed' ? { ...outcome, vendorCode: `cannot send to ${outbound.to.reveal()}` } : outcome,
  ),
  'shows-no-secret': (adapter) => {
    const sent: string[] = [];
    const deliver = adapter.deliver.bind(adapter);
    Reflect.set(adapter, 'sent', sent);
    return {
      deliver: (...[outbound, attempt]: Parameters<typeof deliver>) => {
        if (outbound.body.kind === 'text') sent.push(outbound.body.text.reveal());
        return deliver(outbound, attempt);
      },
    };
  },
  'says-whether-it-is-simulated': () => ({ isSimulated: false }),
  'names-its-contract': () => ({ contractVersion: 1 }),
  'declares-its-regions': () => ({ regions: [] }),
};
