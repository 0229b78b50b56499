import { setTimeout as pause } from 'node:timers/promises';
import type { Evidence, Verdict } from './check-delivery.js';
import type { FaultField } from './fault-field.js';
import type { FaultLoad } from './fault-load.js';
import type { Offer } from './journal.js';

const LOOK_MS = 500;
const isEnd = (state: string | undefined): boolean =>
  state !== undefined && ['delivered', 'failed', 'expired', 'cancelled', 'unconfirmed'].includes(state);

/**
 * Waits until every message has its end in the tables and on its sender's device, or the time is over, and gathers the evidence. The edge is
 * restarted once, as an operator may at any time: it then asks at once for receipts that nobody brought, not in ten minutes.
 */
export async function settle(
  field: FaultField,
  load: FaultLoad,
  { withinMs }: { withinMs: number },
): Promise<Evidence> {
  await field.supervisor.restart(field.world.edge);
  const endMs = Date.now() + withinMs;
  for (;;) {
    load.readHandsets();
    const verdicts = await verdictsOf(field, load);
    const isOver = [...verdicts.values()].every(({ stored, shown }) => isEnd(stored) && stored === shown);
    if ((isOver && hasAllInbound(load)) || Date.now() > endMs) {
      await askAboutCopies(field, load, verdicts);
      return { journal: load.journal, carrier: field.truth.facts, verdicts };
    }
    await pause(LOOK_MS);
  }
}

const sentOf = (load: FaultLoad): readonly Offer[] =>
  load.journal.offers.filter(({ lane, refused }) => lane.journey !== 'inbound' && refused === undefined);

function hasAllInbound({ journal }: FaultLoad): boolean {
  const there = new Set(journal.arrivals.map(({ at, text }) => `${at}\n${text}`));
  return journal.offers
    .filter(({ lane }) => lane.journey === 'inbound')
    .every(({ lane, text }) => lane.receivers.every((device) => there.has(`${device}\n${text}`)));
}

async function verdictsOf(field: FaultField, load: FaultLoad): Promise<Map<string, Verdict>> {
  const stored = new Map((await field.witness.messages()).map((facts) => [facts.messageId, facts]));
  const local = await Promise.all([...load.devices.values()].map((device) => device.messages()));
  const shown = new Map(
    local
      .flat()
      .flatMap(({ text, state, messageId }) => (text && state ? [[text, { state, messageId }] as const] : [])),
  );
  return new Map(
    sentOf(load).map(({ text }) => {
      const known = shown.get(text);
      const facts = known && stored.get(known.messageId);
      return [
        text,
        {
          stored: facts?.state,
          reason: facts?.reason ?? null,
          shown: known?.state.kind,
          attempts: (facts?.attempts ?? []).map((attempt) => attempt.split(':')[0] ?? ''),
          ...(facts ? { facts } : {}),
        },
      ];
    }),
  );
}

/** For what lies on a handset more than once: what its sender's device is told of its attempts, by the door it has for that. */
async function askAboutCopies(field: FaultField, load: FaultLoad, verdicts: Map<string, Verdict>): Promise<void> {
  const texts = field.truth.facts.filter(({ event }) => event === 'shown').map(({ body }) => body);
  const repeated = new Set(texts.filter((text, index) => texts.indexOf(text) !== index));
  for (const { text, lane, messageId } of sentOf(load)) {
    const verdict = verdicts.get(text);
    if (!repeated.has(text) || !verdict || messageId === undefined) continue;
    const sender = load.senderOf(lane);
    const sent = (await sender.messages({ with: `tel:${lane.destination}` })).find((message) => message.text === text);
    const { gateway } = sent ? await sender.status(sent.messageId) : {};
    verdicts.set(text, { ...verdict, attempts: (gateway?.attempts ?? []).map(({ outcome }) => outcome) });
  }
}
