import { purgeHourOf, parseTransitId } from '@causeway/message-model';
import type { DeviceContext } from './device-context.js';
import { DeviceRetention } from './device-retention.js';
import { EdgeTrust } from './edge-trust.js';
import { Inbox } from './inbox.js';
import { Incoming } from './incoming.js';
import { learnPolicies } from './known-policies.js';
import { learnGrant } from './learn-grant.js';
import { MessageDoor } from './message-door.js';
import { Outgoing } from './outgoing.js';
import { Indications } from './indications.js';
import { OwnList } from './own-list.js';
import { Peers } from './peers.js';
import { PreKeys } from './pre-keys.js';
import { Privacy } from './privacy.js';
import { RECORDS } from './records.js';
import { LedgerMemory } from './seen-ledger.js';
import { ShowStored } from './show-stored.js';
import { InboxSocket } from './socket.js';
import { Vanishing } from './vanishing.js';

const MAINTENANCE_MS = 3_600_000;
const HOUR_MS = 3_600_000;
/** How long closing waits for the gateway; what has no answer by then is asked for again after the next start. */
const CLOSE_WITHIN_MS = 5000;

/** The working parts of one device, put together, started and stopped. */
export class DeviceParts {
  readonly peers: Peers;
  readonly edge: EdgeTrust;
  readonly outgoing: Outgoing;
  readonly inbox: Inbox;
  readonly list: OwnList;
  readonly ledger: LedgerMemory;
  readonly vanishing: Vanishing;
  readonly retention: DeviceRetention;
  readonly privacy: Privacy;
  readonly indications: Indications;
  readonly #preKeys: PreKeys;
  readonly #show: ShowStored;
  readonly #socket: InboxSocket | undefined;
  readonly #background = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    private readonly context: DeviceContext,
    delivery: 'socket' | 'poll',
  ) {
    this.peers = new Peers(context);
    this.edge = new EdgeTrust(context);
    const door = new MessageDoor(context);
    this.outgoing = new Outgoing(context, this.peers, this.edge, door);
    this.list = new OwnList(context, this.peers);
    this.privacy = new Privacy(context);
    this.indications = new Indications(context, this);
    this.#preKeys = new PreKeys(context);
    this.#show = new ShowStored(context);
    const incoming = new Incoming(context, this.peers, this.edge, {
      preKeyUsed: () => this.#inBackground(() => this.#preKeys.maintain()),
      flush: (address) => this.goOn(address),
    });
    this.ledger = new LedgerMemory(context);
    this.vanishing = new Vanishing(context);
    this.retention = new DeviceRetention(context, this);
    this.inbox = new Inbox(context, incoming, this.#show, this.ledger);
    this.#socket = delivery === 'socket' ? this.#makeSocket() : undefined;
    if (this.#socket) door.use(this.#socket);
  }

  async start(): Promise<void> {
    const { events } = this.context;
    events.onAttached((name) => {
      if (name === 'message' || name === 'request') void this.#show.run();
    });
    await this.#forgetOldInboxIds();
    await this.vanishing.start();
    await this.outgoing.resume();
    this.#socket?.start();
    this.#maintain();
    this.#timer = setInterval(() => this.#maintain(), MAINTENANCE_MS).unref();
  }

  /** Something that messages to or from this address waited for has come. */
  goOn(address: string): void {
    this.outgoing.flush(address);
    this.#inBackground(() => this.inbox.retryHeld());
  }

  /** False when there is none. */
  async learnGrant(address: string): Promise<boolean> {
    return (await learnGrant(this.context, address, (granted) => this.goOn(granted))) !== undefined;
  }

  async goOnEverywhere(): Promise<void> {
    const records = await this.context.store.list(RECORDS.outgoing);
    for (const address of new Set(records.map(({ record }) => record.address))) this.outgoing.flush(address);
    this.#inBackground(() => this.inbox.retryHeld());
  }

  /** Throws what kept the keys from being replaced when they are too old to send with. */
  async requireYoungKeys(): Promise<void> {
    if (!(await this.#preKeys.areYoungEnough())) await this.#preKeys.maintain();
  }

  /** What the account asked for on any of its devices holds on this one too; what the history keeps too long goes. */
  async refreshPolicies(): Promise<void> {
    await learnPolicies(this.context, await this.context.api.policies());
    await this.vanishing.run();
  }

  get isClosing(): boolean {
    return this.#closing !== undefined;
  }

  /** After `calls`, which were begun before and still write to the folder. */
  close(calls: Iterable<Promise<unknown>>): Promise<void> {
    this.#closing ??= this.#close(calls);
    return this.#closing;
  }

  async #close(calls: Iterable<Promise<unknown>>): Promise<void> {
    const impatience = setTimeout(() => this.context.calls.abort(), CLOSE_WITHIN_MS);
    clearInterval(this.#timer);
    this.context.alarm.stop();
    this.#show.close();
    await Promise.allSettled(calls);
    // while there is somebody to acknowledge to
    await this.inbox.idle();
    await this.#socket?.close();
    await this.outgoing.close();
    await this.inbox.idle();
    await Promise.all(this.#background);
    clearTimeout(impatience);
    await this.context.store.close();
  }

  #maintain(): void {
    this.#inBackground(async () => {
      await this.#preKeys.maintain();
      await this.list.rotateSealKeyIfDue();
    });
    this.#inBackground(() => this.refreshPolicies());
  }

  #inBackground(work: () => Promise<void>): void {
    if (this.#closing) return;
    const running = work()
      .catch((error: unknown) => this.context.events.emit('problem', { error }))
      .finally(() => this.#background.delete(running));
    this.#background.add(running);
  }

  #makeSocket(): InboxSocket {
    const { events, own, calls } = this.context;
    const { gateway, token } = own.current;
    return new InboxSocket({
      gateway,
      token,
      calls: calls.signal,
      take: (item, acknowledge) => this.inbox.take(item, acknowledge),
      onConnection: (isConnected) => {
        if (isConnected) this.outgoing.hurry();
        events.emit('connection', { isConnected });
      },
      onCaughtUp: (ledger) =>
        this.#inBackground(async () => {
          await this.ledger.learn(ledger);
          await this.inbox.retryHeld();
        }),
      onProblem: (error) => events.emit('problem', { error }),
    });
  }

  /** An item cannot come again once its partition at the gateway is gone; two hours more for clocks that disagree. */
  async #forgetOldInboxIds(): Promise<void> {
    const { store, nowMs } = this.context;
    const thisHour = Math.floor(nowMs() / HOUR_MS);
    await store.unit(async (unit) => {
      for (const { name } of await unit.list(RECORDS.seen)) {
        const id = parseTransitId(name);
        if (!id || purgeHourOf(id) + 2 < thisHour) unit.delete(RECORDS.seen, name);
      }
    });
  }
}
