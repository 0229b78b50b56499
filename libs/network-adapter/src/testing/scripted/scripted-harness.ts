import { Plaintext } from '@causeway/platform';
import type { Bytes } from '@causeway/message-model';
import { NETWORK_FAULTS, type AdapterHarness } from '../adapter-harness.js';
import { ScriptedAdapter } from './scripted-adapter.js';
import { ScriptedNetwork } from './scripted-network.js';

const PERSON = '+14155550123';
const BRIDGE = '+14155550100';

let refs = 0;

/** A correct adapter on a network that can do everything. */
export async function newScriptedHarness(): Promise<AdapterHarness> {
  const network = new ScriptedNetwork();
  const adapter = new ScriptedAdapter(network);
  let copies = 1;
  let isReordered = false;
  let isPartLost = false;
  const says = (content: object) => {
    const request = network.webhook({ id: network.nextId(), from: PERSON, to: BRIDGE, ...content });
    const requests = Array.from({ length: copies }, () => request);
    copies = 1;
    return requests;
  };
  return {
    adapter,
    unreachable: new ScriptedAdapter(),
    isSimulated: true,
    patienceMs: 500,
    consentWords: { optOut: 'STOP', optIn: 'START', help: 'HELP' },
    outbound: (text, changes) => ({
      ref: `ref-${(refs += 1)}`,
      to: new Plaintext(PERSON),
      from: BRIDGE,
      body: { kind: 'text', text: new Plaintext(text) },
      expiresAtMs: null,
      ...changes,
    }),
    nowMs: () => Date.now(),
    delivered: async () => network.delivered(),
    sendCalls: async () => network.sendCalls,
    faults: {
      kinds: NETWORK_FAULTS,
      failNext: async (fault) => network.failNext(fault),
      delayNext: async (delayMs) => network.delayNext(delayMs),
    },
    phone: {
      goOffline: async () => network.setOnline(false),
      comeBack: async () => network.setOnline(true),
      seesTyping: async () => network.isTypingSeen,
      seesRead: async () => network.read,
      leaveNetwork: async () => void (network.isMember = false),
      setEncryption: async (isOn) => void (network.isEncrypted = isOn),
    },
    webhooks: {
      signs: ['body', 'url'],
      async sendFrom(text) {
        const id = network.nextId();
        network.received.push({ id, text, atMs: Date.now() });
        return says({ kind: 'message', id, text });
      },
      tap: async (text, postback) => says({ kind: 'message', text, postback }),
      async sendMedia(contentType, content: Bytes) {
        const file = `https://files.example/${network.nextId()}`;
        network.files.set(file, { contentType, content });
        return says({ kind: 'message', text: '', file });
      },
      async receipts(externalId) {
        const arrival = isPartLost ? { part: '1', parts: '2' } : {};
        const requests = ['sending', 'sent', 'delivered'].map((status) =>
          network.webhook({ kind: 'receipt', id: externalId, status, ...(status === 'delivered' ? arrival : {}) }),
        );
        isPartLost = false;
        if (isReordered) requests.reverse();
        isReordered = false;
        return requests;
      },
      losePart: async () => void (isPartLost = true),
      duplicateNext: async () => void (copies = 2),
      reorder: async () => void (isReordered = true),
      forge: (request) => ({ ...request, headers: { ...request.headers, 'x-signature': '0'.repeat(64) } }),
    },
    dispose: () => adapter.dispose(),
  };
}
