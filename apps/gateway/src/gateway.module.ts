import { Module, type DynamicModule, type FactoryProvider, type InjectionToken, type Type } from '@nestjs/common';
import { RegistrationNetworks } from '@causeway/abuse-control';
import {
  Acknowledge,
  CancelMessage,
  ChargeTenant,
  CheckClearBody,
  IssueTokens,
  JudgeSend,
  OperatorApproval,
  PassChallenge,
  PrivateTokenChallenge,
  ReviewDecisions,
  SealBody,
  SendMessage,
  type DeviceWaker,
} from '@causeway/message-flow';
import {
  AdmitFirstContact,
  DecideConsent,
  HandOutAlias,
  LeadToLinked,
  LinkAccounts,
  EraseAccount,
  ExportAccount,
  MakeInvite,
  PlanRoute,
  RegisterAccount,
  TakeReport,
  DecidePreferences,
  RevokeStatement,
  TellDevices,
  TellSwitch,
  UpdateDevices,
  UploadPreKeys,
} from '@causeway/people';
import { PolicyBook, PurgeBrake } from '@causeway/retention';
import { type Secret } from '@causeway/platform';
import { Metrics } from '@causeway/platform/server';
import { RemoteDeviceWaker, type ProcessContext } from '@causeway/process-context';
import {
  AccountStore,
  AliasStore,
  ConsentStore,
  ContactStandingStore,
  ContactStore,
  Database,
  HoldStore,
  LinkStore,
  PreKeyStore,
  PrivacyStore,
} from '@causeway/storage';
import { AbuseController, AbuseReviewController } from './abuse.controller.js';
import type { ChallengeKeys } from './challenge-keys.js';
import {
  ChallengesController,
  IssuerDesk,
  TokenIssuerController,
  VouchersController,
} from './challenges.controller.js';
import { AccountDataController } from './account-data.controller.js';
import { AccountsController, RegistrationController } from './accounts.controller.js';
import { AliasesController } from './aliases.controller.js';
import { Authenticator, OperatorToken } from './caller.js';
import { ConsentController } from './consent.controller.js';
import { DescribeMessage } from './describe-message.js';
import { DeviceSockets } from './device-sockets.js';
import { DiscoveryController, PublicSettings } from './discovery.controller.js';
import { EdgeDeskClient } from './edge-desk-client.js';
import { EveryGateway } from './every-gateway.js';
import { HoldsController, HoldsDesk } from './holds.controller.js';
import { HealthController } from './health.controller.js';
import { IdempotencyKeys } from './idempotency-keys.js';
import { InboxController } from './inbox.controller.js';
import { LinksController } from './links.controller.js';
import { MessagesController } from './messages.controller.js';
import { OperatorController } from './operator.controller.js';
import { PreferencesController } from './preferences.controller.js';
import { PrivacyController } from './privacy.controller.js';
import { ReadInbox } from './read-inbox.js';
import { RegistrationAddress } from './registration-address.js';
import { LedgerDoor } from './ledger-door.js';
import { PolicyDesk } from './policy-desk.js';
import { LedgerController, RetentionPoliciesController, TenantPoliciesController } from './retention.controller.js';
import { ReportsController } from './reports.controller.js';
import { RoutesController } from './routes.controller.js';
import { ShowLinks } from './show-links.js';
import { SocketSubmissions } from './socket-submissions.js';
import { SpendingController, SpendingDesk } from './spending.controller.js';
import { StatementsController } from './statements.controller.js';
import { SubmitMessage } from './submit-message.js';
import { WakeController } from './wake.controller.js';

export interface GatewayOptions {
  readonly context: ProcessContext;
  readonly operatorToken: Secret;
  readonly challengeKeys: ChallengeKeys;
}

/** A provider of `type`, made from what `inject` names. */
function made<Made, Needed extends readonly unknown[]>(
  type: Type<Made>,
  inject: { readonly [Index in keyof Needed]: Type<Needed[Index]> },
  useFactory: (...needed: Needed) => Made,
): FactoryProvider {
  const tokens: InjectionToken[] = [...inject];
  return {
    provide: type,
    inject: tokens,
    useFactory: (...needed: unknown[]): unknown => Reflect.apply(useFactory, undefined, needed),
  };
}

/** The doors of Causeway: REST, sockets, health. Everything behind them is a use case that was given its stores here. */
@Module({})
export class GatewayModule {
  static with({ context, operatorToken, challengeKeys }: GatewayOptions): DynamicModule {
    const { stores, clock, events, metrics, queue, digests, reportKeys, config, tls, conduct } = context;
    const others = RemoteDeviceWaker.ofOtherGateways(config, tls, context.log);
    const { accounts, preKeys, consents, contacts, tenants, recipients, messages, inbox, partitions, attempts } =
      stores;
    const networks = new RegistrationNetworks(context.guardKeys);
    const ledger = new LedgerDoor(stores.purgeLedger);
    const book = new PolicyBook(stores.wishes, clock);
    const retention = { book, brake: new PurgeBrake(partitions, clock) };
    const tell = new TellDevices(accounts, inbox, partitions, clock, book);
    const passing = passingOf(context, challengeKeys);
    const charge = new ChargeTenant({
      spending: stores.spending,
      settings: config.spendingLimits,
      isProven: (tenant, country) => context.guard.isProvenCountry(tenant, country),
      clock,
      events,
    });
    return {
      module: GatewayModule,
      controllers: [
        DiscoveryController,
        RegistrationController,
        AccountsController,
        AccountDataController,
        ConsentController,
        RoutesController,
        PreferencesController,
        StatementsController,
        PrivacyController,
        MessagesController,
        InboxController,
        ReportsController,
        OperatorController,
        HoldsController,
        RetentionPoliciesController,
        TenantPoliciesController,
        LedgerController,
        AbuseController,
        AbuseReviewController,
        ChallengesController,
        TokenIssuerController,
        VouchersController,
        SpendingController,
        HealthController,
        WakeController,
        LinksController,
        AliasesController,
      ],
      providers: [
        { provide: AccountStore, useValue: accounts },
        { provide: PreKeyStore, useValue: preKeys },
        { provide: ConsentStore, useValue: consents },
        { provide: ContactStore, useValue: contacts },
        { provide: ContactStandingStore, useValue: stores.standings },
        { provide: LinkStore, useValue: stores.links },
        { provide: AliasStore, useValue: stores.aliases },
        { provide: ShowLinks, useValue: new ShowLinks(stores.links, clock) },
        { provide: LinkAccounts, useValue: new LinkAccounts(accounts, stores.links, clock) },
        { provide: HandOutAlias, useValue: new HandOutAlias(stores.aliases, clock) },
        { provide: AdmitFirstContact, useValue: new AdmitFirstContact(stores.discovery, digests, clock) },
        { provide: HoldStore, useValue: stores.holds },
        { provide: HoldsDesk, useValue: new HoldsDesk(config.tenant, clock) },
        { provide: PrivacyStore, useValue: stores.privacy },
        {
          provide: ReviewDecisions,
          useValue: new ReviewDecisions(stores.abuseDecisions, context.guard, config.tenant, clock),
        },
        { provide: PassChallenge, useValue: passing },
        { provide: SpendingDesk, useValue: new SpendingDesk(charge, config.tenant) },
        { provide: IssuerDesk, useValue: deskOf(context, challengeKeys) },
        { provide: Database, useValue: stores.database },
        { provide: Metrics, useValue: metrics },
        { provide: LedgerDoor, useValue: ledger },
        { provide: PolicyDesk, useValue: new PolicyDesk(stores.wishes, book, config.tenant) },
        { provide: PublicSettings, useValue: new PublicSettings(config) },
        { provide: Authenticator, useValue: new Authenticator(accounts) },
        { provide: OperatorToken, useValue: new OperatorToken(operatorToken) },
        { provide: MakeInvite, useValue: new MakeInvite(tenants, config.tenant, clock) },
        { provide: EdgeDeskClient, useValue: new EdgeDeskClient(config, tls, clock) },
        { provide: ReadInbox, useValue: new ReadInbox(inbox, clock) },
        { provide: DescribeMessage, useValue: new DescribeMessage(messages, attempts, clock) },
        IdempotencyKeys,
        SubmitMessage,
        made(SocketSubmissions, [Authenticator, SubmitMessage], (authenticator, submit) => {
          return new SocketSubmissions(authenticator, submit, events, metrics);
        }),
        { provide: RegistrationAddress, useValue: new RegistrationAddress(config.registrationNetwork) },
        { provide: RegisterAccount, useValue: new RegisterAccount(tenants, accounts, preKeys, networks, clock) },
        { provide: UpdateDevices, useValue: new UpdateDevices(accounts, preKeys, clock) },
        { provide: ExportAccount, useValue: new ExportAccount(stores.personal, clock, config) },
        { provide: EraseAccount, useValue: new EraseAccount(accounts, stores.personal, clock, config) },
        { provide: UploadPreKeys, useValue: new UploadPreKeys(accounts, preKeys) },
        {
          provide: DecideConsent,
          useValue: new DecideConsent(consents, tell, clock, contacts, conduct),
        },
        made(
          TakeReport,
          [DecideConsent],
          (consent) =>
            new TakeReport(reportKeys, stores.reports, accounts, consent, (report) => conduct.reported(report)),
        ),
        { provide: RevokeStatement, useValue: new RevokeStatement(stores.revokedStatements, clock) },
        { provide: DecidePreferences, useValue: new DecidePreferences(stores.preferences) },
        made(PlanRoute, [EdgeDeskClient, EveryGateway], (edge, devices) => {
          const wake = devices.wake.bind(devices);
          const switches = new TellSwitch(stores.routes, consents, tell, clock, wake);
          const lead = new LeadToLinked(accounts, stores.carriedGrants, tell, clock, wake);
          return new PlanRoute(stores.routes, edge, switches, lead, clock, context.residency);
        }),
        made(DeviceSockets, [Authenticator, ReadInbox], (authenticator, readInbox) => {
          const waker: DeviceWaker = {
            wake: (devices) => everywhere.wake(devices),
            bring: (items) => everywhere.bring(items),
          };
          const sockets = new DeviceSockets(
            authenticator,
            readInbox,
            new Acknowledge(inbox, partitions, waker, clock, events, retention),
            events,
            metrics,
            ledger,
          );
          const everywhere = new EveryGateway(sockets, others);
          return sockets;
        }),
        made(EveryGateway, [DeviceSockets], (sockets) => new EveryGateway(sockets, others)),
        made(
          Acknowledge,
          [EveryGateway],
          (devices) => new Acknowledge(inbox, partitions, devices, clock, events, retention),
        ),
        made(SendMessage, [EdgeDeskClient, EveryGateway], (edge, devices) => {
          const seal = new SealBody(new CheckClearBody(edge, clock), reportKeys.tokens);
          return new SendMessage(
            messages,
            recipients,
            partitions,
            seal,
            digests,
            queue.lanes,
            devices,
            clock,
            events,
            retention,
            new JudgeSend(conduct, recipients, events, (held) => passing.offersFor(held), charge),
          );
        }),
        made(
          CancelMessage,
          [EveryGateway],
          (devices) => new CancelMessage(messages, partitions, queue.lanes, devices, clock),
        ),
      ],
    };
  }
}

function passingOf({ stores, clock, config, guard }: ProcessContext, keys: ChallengeKeys): PassChallenge {
  const token = new PrivateTokenChallenge({
    issuer: keys.issuer,
    key: keys.challenge,
    origin: config.nativeHost,
    store: stores.passing,
    clock,
  });
  const approval = new OperatorApproval(stores.abuseDecisions, clock);
  return new PassChallenge([token, approval], stores.abuseDecisions, guard, clock);
}

function deskOf({ stores, clock }: ProcessContext, { issuer, privateKey }: ChallengeKeys): IssuerDesk {
  const issue = privateKey && new IssueTokens({ privateKey, key: issuer.key }, stores.passing, clock);
  return new IssuerDesk(issuer.key, issue);
}
