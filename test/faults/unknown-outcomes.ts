import { setTimeout as pause } from 'node:timers/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Device, MessageId } from '@causeway/client';
import { SeededRandom } from '../support/seeded-random.js';
import { eventually, World } from '../support/world.js';
import { CarrierTruth } from './carrier-truth.js';
import { judge, type Told, type UnknownOutcomes } from './judge-outcomes.js';

export interface UnknownOutcomesOptions {
  readonly messages: number;
  /** The carrier's lists hide what is younger, seconds. Patience with absence is a quarter more. */
  readonly lagSeconds: number;
  readonly kills: number;
  readonly seed: number;
  /** A database of the caller's own. */
  readonly databaseUrl?: string;
  readonly say?: (line: string) => void;
}

/** What the carrier does with a create, and says of it. `lost` never takes the message; the last two take it and the answer is lost. */
const FATES = ['fine', 'lost', 'refused', 'taken, then dropped', 'taken, then 500'] as const;
type Fate = (typeof FATES)[number];
const SCRIPTS: Readonly<Record<Fate, Readonly<Record<string, string | number>> | undefined>> = {
  fine: undefined,
  lost: { mode: 'drop' },
  refused: { mode: 'refuse-code', code: 21612 },
  'taken, then dropped': { mode: 'accept-then-drop' },
  'taken, then 500': { mode: 'accept-then-500' },
};
const CALLBACKS = [undefined, { mode: 'lose-callbacks' }, { mode: 'late-callbacks', delayMs: 3_000 }] as const;

/** Contacts that one account may make in a day bound the phones it writes to; each message has a phone of its own. */
const PHONES_OF_ONE = 40;
const ENDED: ReadonlySet<string> = new Set(['delivered', 'failed', 'expired', 'unconfirmed', 'cancelled']);

/**
 * Sends to as many phones while the carrier loses, refuses or takes and drops, its lists lag and its callbacks go missing, and the edge is
 * killed at random instants; then holds what senders are told against the carrier's own log.
 */
export async function runUnknownOutcomes(options: UnknownOutcomesOptions): Promise<UnknownOutcomes> {
  const { messages, lagSeconds, kills, seed, say = () => undefined } = options;
  const random = new SeededRandom(seed);
  const folder = await mkdtemp(join(tmpdir(), 'cu-'));
  const logFile = join(folder, 'carrier.jsonl');
  const absentAfterSeconds = Math.ceil(lagSeconds * 1.25) + 3;
  const world = await World.start({
    ...(options.databaseUrl === undefined ? {} : { databaseUrl: options.databaseUrl }),
    simulatorArgs: ['--log-file', logFile],
    env: {
      CAUSEWAY_UNKNOWN_ABSENT_AFTER_SECONDS: `${absentAfterSeconds}`,
      CAUSEWAY_CALL_BEFORE_SECONDS: '3',
      // few people write to many phones at once
      CAUSEWAY_TENANT_PROFILE: 'registered-bulk',
    },
  });
  try {
    const senders = await Promise.all(
      Array.from({ length: Math.ceil(messages / PHONES_OF_ONE) }, (_, index) => world.register(`sender-${index}`)),
    );
    await world.carrier.fault({ mode: 'lag', operation: 'list', delayMs: lagSeconds * 1_000, count: 1_000_000 });
    const killing = killSometimes(world, { kills, random, withinMs: messages * 60 + 3_000 });
    const sent: { readonly device: Device; readonly text: string; readonly id: MessageId }[] = [];
    for (let index = 0; index < messages; index += 1) {
      const fate = FATES[random.between(0, FATES.length - 1)] ?? 'fine';
      const script = SCRIPTS[fate];
      const callback = CALLBACKS[random.between(0, CALLBACKS.length - 1)];
      if (script) await world.carrier.fault({ operation: 'create', ...script });
      else if (callback) await world.carrier.fault({ operation: 'create', ...callback });
      const device = senders[index % senders.length];
      if (!device) throw new Error('there is a sender');
      const phone = `tel:+1415555${1_000 + 37 * index}`;
      const text = `message ${index} of ${seed}`;
      const { messageId } = await device.send(phone, text, { allowClear: ['sms'] });
      sent.push({ device, text, id: messageId });
      await pause(random.between(0, 60));
    }
    await killing;
    say(`sent ${messages}, the edge killed ${kills} times; waiting for the last outcome`);
    await eventually(async () => (await Promise.all(sent.map(stateOf))).every((kind) => ENDED.has(kind)), {
      withinMs: (absentAfterSeconds + 90) * 1_000,
      what: 'every message ends',
    }).catch((thrown: unknown) => say(String(thrown)));
    const told = await Promise.all(
      sent.map(async (one): Promise<Told> => {
        const { state, gateway } = await one.device.status(one.id);
        const attempts = gateway?.attempts.map(({ outcome }) => outcome) ?? [];
        return { text: one.text, state: state.kind, attempts };
      }),
    );
    const truth = new CarrierTruth(logFile);
    return judge(told, truth.read());
  } finally {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function stateOf({ device, id }: { readonly device: Device; readonly id: MessageId }): Promise<string> {
  return (await device.status(id)).state.kind;
}

/** `kill -9` at random instants while messages are on their way, and up again at once. */
async function killSometimes(
  world: World,
  { kills, random, withinMs }: { readonly kills: number; readonly random: SeededRandom; readonly withinMs: number },
): Promise<void> {
  const atMs = Array.from({ length: kills }, () => random.between(300, withinMs)).toSorted((a, b) => a - b);
  let passedMs = 0;
  for (const at of atMs) {
    await pause(at - passedMs);
    passedMs = at;
    await world.edge.stop('SIGKILL');
    await world.edge.start();
  }
}
