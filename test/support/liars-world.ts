import { expect } from '@jest/globals';
import { Device, TrustError, type DeviceEventMap, type ReceivedMessage } from '@causeway/client';
import { parseAccountId, type AccountId } from '@causeway/message-model';
import { z } from 'zod';
import { DatabaseAccess } from './database-access.js';
import { devicesNamed, INTRUDER_DEVICE, type Intruder } from './intruder.js';
import { LyingGateway, type Heard, type Lie, type Told } from './lying-gateway.js';
import { eventually, PASSPHRASE, World, type WorldOptions } from './world.js';

/** Someone who hears of the world only through the gateway that lies, and what their device told them. */
export interface Deceived {
  readonly device: Device;
  readonly troubles: DeviceEventMap['trust-problem'][];
  readonly keyChanges: DeviceEventMap['key-change'][];
  readonly edgeChanges: DeviceEventMap['edge-changed'][];
}

/** Someone who hears the truth, grants every request, and what they received. */
export interface Friend {
  readonly device: Device;
  texts(): readonly (string | undefined)[];
}

/** A whole Causeway with a liar in front of its gateway. */
export class LiarsWorld {
  private readonly devices: Device[] = [];

  private constructor(
    readonly world: World,
    readonly gateway: LyingGateway,
    readonly database: DatabaseAccess,
  ) {}

  static async start(options: WorldOptions = {}): Promise<LiarsWorld> {
    const world = await World.start(options);
    return new LiarsWorld(
      world,
      await LyingGateway.before(world.gatewayUrl),
      await DatabaseAccess.open(world.databaseUrl),
    );
  }

  async deceived(name: string): Promise<Deceived> {
    const { gateway, world } = this;
    const folder = world.deviceFolder(name);
    const device = await Device.register({
      gateway: gateway.url,
      handle: world.handle(name),
      folder,
      passphrase: PASSPHRASE,
    });
    this.devices.push(device);
    await device.interoperability.set('sms', true);
    const person: Deceived = { device, troubles: [], keyChanges: [], edgeChanges: [] };
    device.on('trust-problem', (problem) => void person.troubles.push(problem));
    device.on('key-change', (change) => void person.keyChanges.push(change));
    device.on('edge-changed', (change) => void person.edgeChanges.push(change));
    return person;
  }

  async friend(name: string, host?: string): Promise<Friend> {
    const device = await this.world.register(name, this.world.gatewayUrl, host);
    const received: ReceivedMessage[] = [];
    device.on('message', (message) => void received.push(message));
    device.on('request', (request) => device.accept(request));
    return { device, texts: () => received.map(({ text }) => text) };
  }

  /** Two people who have exchanged a message, one of them deceived. */
  async pair(
    name: string,
  ): Promise<{ readonly ada: Deceived; readonly bob: Friend; readonly accounts: readonly AccountId[] }> {
    const [ada, bob] = [await this.deceived(`${name}-ada`), await this.friend(`${name}-bob`)];
    await ada.device.send(bob.device.address, 'hello');
    await eventually(() => bob.texts().includes('hello'));
    return { ada, bob, accounts: await this.accountsOf(ada.device, bob.device) };
  }

  async accountsOf(...devices: readonly Device[]): Promise<readonly AccountId[]> {
    const addresses = devices.map(({ address }) => address);
    const rows = await this.database.rows('SELECT id FROM registry.account WHERE address = ANY($1)', addresses);
    return rows.flatMap(({ id }) => parseAccountId(String(id)) ?? []);
  }

  /** What was said since, and that nothing in it is of use to the intruder. */
  expectNothingFor(intruder: Intruder, accounts: readonly AccountId[], since: number): readonly Heard[] {
    const said = this.gateway.heard.slice(since);
    expect(intruder.opens(said, accounts)).toEqual([]);
    expect(devicesNamed(said)).not.toContain(INTRUDER_DEVICE);
    return said;
  }

  /** The lie is over: other words go through, and those that waited with them. */
  async expectTruthHeals(ada: Deceived, bob: Friend, waiting: string): Promise<void> {
    this.gateway.tellTheTruth();
    const sent = await ada.device.send(bob.device.address, 'and in truth');
    await eventually(async () => (await ada.device.status(sent.messageId)).state.kind === 'delivered');
    await eventually(() => bob.texts().includes(waiting), { what: `"${waiting}" came as well` });
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.devices.map((device) => device.close()));
    await this.gateway.close();
    await this.database.close();
    await this.world.close();
  }
}

export const ROUTES = /^\/v1\/routes$/;
export const LISTS = /^\/v1\/conversations\//;

/** A lie in the answers to paths like this one. */
export const about =
  (path: RegExp, change: (body: Readonly<Record<string, unknown>>) => unknown): Lie =>
  (told: Told, heard: Heard) => {
    const body = z.record(z.string(), z.unknown()).safeParse(told.body);
    return path.test(heard.path) && told.status < 300 && body.success
      ? { status: told.status, body: change(body.data) }
      : undefined;
  };

const together =
  (...lies: readonly Lie[]): Lie =>
  (told, heard) =>
    lies.map((lie) => lie(told, heard)).find((lied) => lied !== undefined);

const plan = z.looseObject({ peer: z.looseObject({ deviceListVersion: z.int() }).optional() });

/** Makes a device fetch the lists: the plan says that there is a newer one. */
const newerListAnnounced = about(ROUTES, (body) => {
  const { peer, ...rest } = plan.parse(body);
  return peer ? { ...rest, peer: { ...peer, deviceListVersion: peer.deviceListVersion + 1 } } : rest;
});

/** A lie about the device lists of a conversation, asked for at the next message. */
export const lists = (change: (shown: { readonly peer: unknown; readonly self: unknown }) => unknown): Lie =>
  together(
    newerListAnnounced,
    about(LISTS, ({ peer, self }) => change({ peer, self })),
  );

/** The trust that sending found broken; fails when it was sent after all. */
export async function refused(sending: Promise<unknown>): Promise<TrustError> {
  const thrown = await sending.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof TrustError) return thrown;
  throw new Error('the message was not refused for want of trust', { cause: thrown });
}
