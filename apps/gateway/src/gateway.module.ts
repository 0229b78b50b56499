import { Module, type DynamicModule, type FactoryProvider, type InjectionToken, type Type } from '@nestjs/common';
import {
  Acknowledge,
  CancelMessage,
  CheckClearBody,
  SealBody,
  SendMessage,
  type DeviceWaker,
} from '@causeway/message-flow';
import {
  DecideConsent,
  MakeInvite,
  PlanRoute,
  RegisterAccount,
  TellDevices,
  UpdateDevices,
  UploadPreKeys,
} from '@causeway/people';
import { Metrics, type Secret } from '@causeway/platform';
import { RemoteDeviceWaker, type ProcessContext } from '@causeway/process-context';
import { AccountStore, ConsentStore, ContactStore, Database, PreKeyStore, PrivacyStore } from '@causeway/storage';
import { AccountsController, RegistrationController } from './accounts.controller.js';
import { Authenticator, OperatorToken } from './caller.js';
import { ConsentController } from './consent.controller.js';
import { DescribeMessage } from './describe-message.js';
import { DeviceSockets } from './device-sockets.js';
import { DiscoveryController, PublicSettings } from './discovery.controller.js';
import { EdgeDeskClient } from './edge-desk-client.js';
import { EveryGateway } from './every-gateway.js';
import { HealthController } from './health.controller.js';
import { IdempotencyKeys } from './idempotency-keys.js';
import { InboxController } from './inbox.controller.js';
import { MessagesController } from './messages.controller.js';
import { OperatorController } from './operator.controller.js';
import { PrivacyController } from './privacy.controller.js';
import { ReadInbox } from './read-inbox.js';
import { RoutesController } from './routes.controller.js';
import { WakeController } from './wake.controller.js';

export interface GatewayOptions {
  readonly context: ProcessContext;
  readonly operatorToken: Secret;
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
  static with({ context, operatorToken }: GatewayOptions): DynamicModule {
    const { stores, clock, events, metrics, queue, digests, config, tls } = context;
    const others = RemoteDeviceWaker.ofOtherGateways(config, tls, context.log);
    const { accounts, preKeys, consents, contacts, tenants, recipients, messages, inbox, partitions, attempts } =
      stores;
    return {
      module: GatewayModule,
      controllers: [
        DiscoveryController,
        RegistrationController,
        AccountsController,
        ConsentController,
        RoutesController,
        PrivacyController,
        MessagesController,
        InboxController,
        OperatorController,
        HealthController,
        WakeController,
      ],
      providers: [
        { provide: AccountStore, useValue: accounts },
        { provide: PreKeyStore, useValue: preKeys },
        { provide: ConsentStore, useValue: consents },
        { provide: ContactStore, useValue: contacts },
        { provide: PrivacyStore, useValue: stores.privacy },
        { provide: Database, useValue: stores.database },
        { provide: Metrics, useValue: metrics },
        { provide: PublicSettings, useValue: new PublicSettings(config) },
        { provide: Authenticator, useValue: new Authenticator(accounts) },
        { provide: OperatorToken, useValue: new OperatorToken(operatorToken) },
        { provide: MakeInvite, useValue: new MakeInvite(tenants, config.tenant, clock) },
        { provide: EdgeDeskClient, useValue: new EdgeDeskClient(config, tls, clock) },
        { provide: ReadInbox, useValue: new ReadInbox(inbox, clock) },
        { provide: DescribeMessage, useValue: new DescribeMessage(messages, attempts) },
        IdempotencyKeys,
        { provide: RegisterAccount, useValue: new RegisterAccount(tenants, accounts, preKeys, clock) },
        { provide: UpdateDevices, useValue: new UpdateDevices(accounts, preKeys, clock) },
        { provide: UploadPreKeys, useValue: new UploadPreKeys(accounts, preKeys) },
        {
          provide: DecideConsent,
          useValue: new DecideConsent(consents, new TellDevices(accounts, inbox, partitions, clock), clock),
        },
        made(PlanRoute, [EdgeDeskClient], (edge) => new PlanRoute(consents, contacts, edge)),
        made(DeviceSockets, [Authenticator, ReadInbox], (authenticator, readInbox) => {
          const waker: DeviceWaker = {
            wake: (devices) => everywhere.wake(devices),
            bring: (items) => everywhere.bring(items),
          };
          const sockets = new DeviceSockets(
            authenticator,
            readInbox,
            new Acknowledge(inbox, partitions, waker, clock, events),
            events,
            metrics,
          );
          const everywhere = new EveryGateway(sockets, others);
          return sockets;
        }),
        made(EveryGateway, [DeviceSockets], (sockets) => new EveryGateway(sockets, others)),
        made(Acknowledge, [EveryGateway], (devices) => new Acknowledge(inbox, partitions, devices, clock, events)),
        made(SendMessage, [EdgeDeskClient, EveryGateway], (edge, devices) => {
          const seal = new SealBody(new CheckClearBody(edge, clock));
          return new SendMessage(messages, recipients, partitions, seal, digests, queue.lanes, devices, clock, events);
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
