import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { Device } from '@causeway/client';
import { heldBoxes, searchEveryRow, stoppedNumbers, type HeldBoxes, type Search } from '@causeway/storage';
import type { Embedded } from '../embedded/start-embedded.js';
import type { Teardown } from '../embedded/teardown.js';
import { ForgetfulLine } from './forgetful-line.js';
import { Handsets } from './handsets.js';
import { HeldDevice } from './person.js';

/** Fictional numbers; every run in the same folder writes to another one. */
const FIRST_NUMBER = 14_155_550_110;
const NUMBERS = 40;

/** The people of the demo and what surrounds them: real SDK devices, a running Causeway, a pretend carrier. */
export class DemoWorld {
  /** Grace's mobile phone. She is on no native network. */
  readonly phone: string;
  /** Linus' mobile phone, which has RCS. */
  readonly secondPhone: string;
  /** Mia's mobile phone, whose number she links with her account. */
  readonly linkedPhone: string;
  /** A phone whose owner is nobody here. */
  readonly unlinkedPhone: string;
  /** Of somebody who reads a notice. */
  readonly buyerPhone: string;
  readonly handsets: Handsets;
  readonly #passphrase = randomBytes(24).toString('base64url');
  readonly #devices = new Map<string, HeldDevice>();

  private constructor(
    private readonly causeway: Embedded,
    private readonly teardown: Teardown,
    private readonly folder: string,
    private readonly run: number,
    carrierUrl: string,
  ) {
    const phone = (kind: number): string => `+${FIRST_NUMBER + kind * NUMBERS + (run % NUMBERS)}`;
    this.phone = phone(0);
    this.secondPhone = phone(1);
    this.linkedPhone = phone(2);
    this.unlinkedPhone = phone(3);
    this.buyerPhone = phone(4);
    this.handsets = new Handsets(carrierUrl);
  }

  /** `folder` keeps the devices of every run; people of a later run have the run's number in their address. */
  static async open(input: {
    readonly causeway: Embedded;
    readonly teardown: Teardown;
    readonly folder: string;
    readonly carrierUrl: string;
  }): Promise<DemoWorld> {
    await mkdir(input.folder, { recursive: true, mode: 0o700 });
    const run = (await readdir(input.folder)).length;
    const folder = join(input.folder, `run-${run + 1}`);
    await mkdir(folder);
    return new DemoWorld(input.causeway, input.teardown, folder, run, input.carrierUrl);
  }

  get gatewayUrl(): string {
    return this.causeway.url;
  }

  /** For whoever watches the demo and wants to take part. */
  get visitor(): { readonly handle: string; readonly folder: string } {
    return { handle: this.#handle('you'), folder: join(this.folder, 'you') };
  }

  /** A new account, with its first device. */
  async register(handle: string, name: string): Promise<HeldDevice> {
    const device = await Device.register({
      ...this.#lock(name),
      gateway: this.gatewayUrl,
      handle: this.#handle(handle),
    });
    // off until a person turns them on
    await device.interoperability.set('sms', true);
    await device.interoperability.set('rcs', true);
    return this.#keep(name, device);
  }

  /** A new account whose only device reaches the gateway over a line that loses an answer. */
  async registerOnForgetfulLine(handle: string, name: string): Promise<{ held: HeldDevice; line: ForgetfulLine }> {
    const line = await ForgetfulLine.open(this.gatewayUrl);
    this.teardown.add('line', () => line.close());
    const device = await Device.register({
      ...this.#lock(name),
      gateway: line.url,
      handle: this.#handle(handle),
      delivery: 'poll',
    });
    await device.interoperability.set('sms', true);
    return { held: this.#keep(name, device), line };
  }

  /** Another device of an account: it makes an offer, the first device signs it into the list. */
  async link(primary: HeldDevice, name: string): Promise<HeldDevice> {
    const ticket = await primary.device.link(await Device.offer({ ...this.#lock(name), gateway: this.gatewayUrl }));
    return this.#keep(name, await Device.join({ ...this.#lock(name), ticket }));
  }

  async switchOff(held: HeldDevice): Promise<void> {
    await held.device.close();
  }

  async switchOn({ name }: HeldDevice): Promise<HeldDevice> {
    return this.#keep(name, await Device.open(this.#lock(name)));
  }

  held(name: string): HeldDevice {
    const held = this.#devices.get(name);
    if (!held) throw new Error(`nobody has ${name} yet`);
    return held;
  }

  /** Sealed boxes that lie at the gateway now. */
  heldBoxes(): Promise<HeldBoxes> {
    return heldBoxes(this.causeway.context.stores.database);
  }

  /** Telephone numbers that said STOP and did not take it back. */
  stoppedNumbers(): Promise<number> {
    return stoppedNumbers(this.causeway.context.stores.database);
  }

  /** Looks for texts in everything that the gateway, the worker and the edge stored. */
  search(texts: readonly string[]): Promise<Search> {
    return searchEveryRow(this.causeway.context.stores.database, texts);
  }

  /** Lets go of the devices, so that what they keep can be opened again. */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#devices.values(), ({ device }) => device.close()));
  }

  #keep(name: string, device: Device): HeldDevice {
    const held = new HeldDevice(name, device);
    this.#devices.set(name, held);
    return held;
  }

  #handle(name: string): string {
    return this.run === 0 ? name : `${name}-${this.run + 1}`;
  }

  #lock(name: string) {
    return { folder: join(this.folder, name.toLowerCase().replaceAll(/[^a-z]+/g, '-')), passphrase: this.#passphrase };
  }
}
