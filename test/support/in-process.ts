import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerSchema, toWireJson } from '@causeway/api-contract';
import { Guard, GuardKeyRing, RegistrationNetworks } from '@causeway/abuse-control';
import { EdgeKeys, EdgeLedger } from '@causeway/edge-keys';
import {
  Acknowledge,
  CancelMessage,
  CheckClearBody,
  ChargeTenant,
  ConductWatch,
  DedupeDigests,
  DrainNativeLane,
  JudgeSend,
  SealBody,
  SendMessage,
  Sweep,
  type FreshItem,
} from '@causeway/message-flow';
import { mintTransitId, parseTenantId, toBase64Url, type LaneId } from '@causeway/message-model';
import type { ClearAdapter } from '@causeway/network-adapter';
import {
  DecideConsent,
  LeadToLinked,
  PlanRoute,
  RegisterAccount,
  TellDevices,
  TellSwitch,
  type EdgeDesk,
  type EdgeState,
} from '@causeway/people';
import { ManualClock, SILENT_LOGGER } from '@causeway/platform';
import { Events, Metrics } from '@causeway/platform/server';
import { PolicyBook, PurgeBrake } from '@causeway/retention';
import { ReportKeys } from '@causeway/process-context';
import { Stores, type AuthenticatedDevice, type DeviceRef } from '@causeway/storage';
import { z } from 'zod';
import { freshDatabase } from './database.js';
import { RawDevice } from './raw-device.js';

export const must = <T>(value: T | null | undefined): T => {
  if (value === undefined || value === null) throw new Error('a fixture is not valid');
  return value;
};
export const TENANT = must(parseTenantId('default'));
const REGION = 'local';
const DAYS_30_MS = 30 * 24 * 3_600_000;
const eventSchema = z.record(z.string(), z.unknown());

/** A verified account with real keys, and the device it calls from. */
export interface Person {
  readonly device: RawDevice;
  readonly caller: AuthenticatedDevice;
}

/**
 * Causeway without its processes: every use case on a database of its own, with real keys, a clock that stands still and wakes that are
 * noted, not carried out: a test drains its lanes itself, in the order it wants.
 */
export class InProcess {
  readonly metrics = new Metrics();
  readonly events = new Events(SILENT_LOGGER, this.metrics);
  readonly digests = new DedupeDigests(randomBytes(32));
  readonly wokenLanes: LaneId[] = [];
  readonly wokenDevices: DeviceRef[] = [];
  readonly brought: FreshItem[] = [];
  readonly adapters = new Map<string, ClearAdapter>();
  readonly devices = {
    wake: (devices: readonly DeviceRef[]): void => void this.wokenDevices.push(...devices),
    bring: (items: readonly FreshItem[]): void => {
      this.brought.push(...items);
      this.devices.wake(items.map(({ device }) => device));
    },
  };
  readonly lanes = {
    wake: async (_track: 'native' | 'clear', ids: readonly LaneId[]) => {
      this.wokenLanes.push(...ids);
      return 'woken' as const;
    },
  };
  readonly send: SendMessage;
  readonly cancel: CancelMessage;
  readonly acknowledge: Acknowledge;
  readonly drain: DrainNativeLane;
  readonly sweep: Sweep;
  readonly decide: DecideConsent;
  readonly conduct: ConductWatch;
  readonly charge: ChargeTenant;
  /** As an operator would set them; changes hold at once. */
  readonly spendingLimits = new Map([['unproven', 1_000_000]]);
  readonly retention: { readonly book: PolicyBook; readonly brake: PurgeBrake };

  private constructor(
    readonly databaseUrl: string,
    readonly stores: Stores,
    readonly keys: EdgeKeys,
    readonly ledger: EdgeLedger,
    readonly reportKeys: ReportKeys,
    readonly guardKeys: GuardKeyRing,
    readonly clock: ManualClock,
    private readonly folder: string,
  ) {
    const { messages, recipients, partitions, lanes, consents, accounts, inbox } = stores;
    const { events, devices } = this;
    this.conduct = new ConductWatch({
      guard: new Guard({
        store: stores.guard,
        keys: guardKeys,
        mintDecisionId: (atMs) => mintTransitId('d', atMs + DAYS_30_MS),
      }),
      keys: guardKeys,
      decisions: stores.abuseDecisions,
      partitions,
      senderFacts: stores.senderFacts,
      profile: 'community',
      clock,
      events,
    });
    this.charge = new ChargeTenant({
      spending: stores.spending,
      settings: this.spendingLimits,
      isProven: () => false,
      clock,
      events,
    });
    this.retention = { book: new PolicyBook(stores.wishes, clock), brake: new PurgeBrake(partitions, clock) };
    const seal = new SealBody(new CheckClearBody(this.desk(), clock), this.reportKeys.tokens);
    const tell = new TellDevices(accounts, inbox, partitions, clock, this.retention.book);
    this.send = new SendMessage(
      messages,
      recipients,
      partitions,
      seal,
      this.digests,
      this.lanes,
      devices,
      clock,
      events,
      this.retention,
      new JudgeSend(this.conduct, recipients, events, () => [], this.charge),
    );
    this.cancel = new CancelMessage(messages, partitions, this.lanes, devices, clock);
    this.acknowledge = new Acknowledge(inbox, partitions, devices, clock, events, this.retention);
    this.drain = new DrainNativeLane(lanes, recipients, consents, tell, devices, clock);
    this.sweep = new Sweep(lanes, messages, partitions, this.lanes, devices, clock, events, this.retention);
    this.decide = new DecideConsent(consents, tell, clock, stores.contacts, this.conduct);
  }

  static async open(): Promise<InProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'cw-in-process-'));
    const { url } = await freshDatabase();
    const stores = new Stores({ url });
    const ledger = await EdgeLedger.open({ folder });
    const clock = new ManualClock(Date.now());
    const keys = await EdgeKeys.open({ folder, region: REGION, clock });
    const inProcess = new InProcess(
      url,
      stores,
      keys,
      ledger,
      await ReportKeys.open(folder, clock),
      await GuardKeyRing.open(join(folder, 'guard.key'), clock.nowMs()),
      clock,
      folder,
    );
    const tenant = { id: TENANT, nativeHost: 'causeway.local', region: REGION, registration: 'open' } as const;
    await stores.tenants.ensure(tenant, inProcess.clock.now());
    return inProcess;
  }

  async close(): Promise<void> {
    await Promise.all([...this.adapters.values()].map((adapter) => adapter.dispose()));
    await this.stores.close();
    await this.ledger.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** `address`: where the registration comes from, where the operator lets that be looked at. */
  async person(name: string, address?: string): Promise<Person> {
    const device = new RawDevice('', `${name}-${randomBytes(4).toString('hex')}`);
    device.tenant = TENANT;
    const { tenants, accounts, preKeys } = this.stores;
    const request = registerSchema.parse(JSON.parse(toWireJson(device.registration())));
    const networks = new RegistrationNetworks(this.guardKeys);
    await new RegisterAccount(tenants, accounts, preKeys, networks, this.clock).execute(request, address);
    const caller = must((await accounts.authenticate([request.device.tokenDigest]))[0]);
    // off until a person turns them on; here everybody does, and tests of the switch turn them off
    await this.stores.preferences.change(caller, '', { networksOn: ['sms', 'rcs'] });
    return { device, caller };
  }

  /** Everything that lies in the inbox of the person's device now. */
  async inbox(person: Person) {
    return must(
      (await this.stores.inbox.pending([{ device: person.caller, underWay: [], limit: 1_000 }], this.clock.now()))[0],
    );
  }

  /** The events among it, as the gateway told them. */
  async told(person: Person): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const rows = await this.inbox(person);
    return rows
      .filter((row) => row.kind === 'event')
      .map((row) => eventSchema.parse(JSON.parse(Buffer.from(row.body).toString('utf8'))));
  }

  /** As the gateway plans. */
  plans(): PlanRoute {
    const { clock, stores } = this;
    const { accounts, carriedGrants, consents, inbox, partitions, routes } = stores;
    const tell = new TellDevices(accounts, inbox, partitions, clock, this.retention.book);
    const wake = this.devices.wake.bind(this.devices);
    const switches = new TellSwitch(routes, consents, tell, clock, wake);
    return new PlanRoute(
      routes,
      this.desk(),
      switches,
      new LeadToLinked(accounts, carriedGrants, tell, clock, wake),
      clock,
    );
  }

  desk(): EdgeDesk {
    const describe = async (): Promise<EdgeState> => {
      const { bytes, signature } = this.keys.bundle();
      const networks = [...this.adapters.values()].map(({ network, isSimulated, regions }) => ({
        network,
        isSimulated,
        regions,
      }));
      return {
        identity: toBase64Url(this.keys.identityPublicKey),
        bundle: { bytes: toBase64Url(bytes), signature: toBase64Url(signature) },
        livingKeys: this.keys.livingKeys(),
        networks,
        bridgeNumbers: [],
      };
    };
    return {
      describe,
      describeFresh: describe,
      capabilities: async (country) =>
        Object.fromEntries(
          await Promise.all(
            [...this.adapters].map(async ([network, one]) => [network, await one.capabilities({ country })] as const),
          ),
        ),
      indicate: async () => undefined,
      resolveContact: async () => ({ kind: 'refused', code: 'no-bridge-number' }),
      beginLink: async () => ({ kind: 'refused', code: 'unavailable' }),
      proveLink: async () => ({ kind: 'refused', code: 'code-wrong' }),
    };
  }
}
