import { Body, Controller, Get, HttpCode, Param, Post, Put, Req, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  accountDevicesSchema,
  bundlesSchema,
  conversationDevicesSchema,
  conversationIdField,
  edgeDescriptionSchema,
  keyCountSchema,
  registeredSchema,
  registerSchema,
  takeBundlesSchema,
  updateDevicesSchema,
  uploadKeysSchema,
  type RegisterRequest,
  type TakeBundlesRequest,
  type UpdateDevicesRequest,
  type UploadKeysRequest,
} from '@causeway/api-contract';
import { CausewayError, parseConversationId, PRIMARY_DEVICE, type ConversationId } from '@causeway/message-model';
import { RegisterAccount, UpdateDevices, UploadPreKeys } from '@causeway/people';
import {
  AccountStore,
  ConsentStore,
  PreKeyStore,
  type AuthenticatedDevice,
  type StoredDeviceList,
} from '@causeway/storage';
import type { FastifyRequest } from 'fastify';
import { Caller, DeviceTokenGuard } from './caller.js';
import { Documented } from './documented.js';
import { EdgeDeskClient } from './edge-desk-client.js';
import { RegistrationAddress } from './registration-address.js';

@ApiTags('Accounts and devices')
@Controller('v1')
export class RegistrationController {
  constructor(
    private readonly registerAccount: RegisterAccount,
    private readonly edge: EdgeDeskClient,
    private readonly addresses: RegistrationAddress,
  ) {}

  @Post('accounts')
  @Documented({
    summary: 'Register an account with its primary device',
    description:
      'All keys and the bearer token are made on the device; only public keys and a digest of the token come here. Safe to repeat.',
    status: 201,
    answer: registeredSchema,
    problems: ['invalid-signature', 'handle-taken', 'invite-required', 'invalid-address', 'unavailable'],
    isPublic: true,
  })
  async register(@Body({ schema: registerSchema }) request: RegisterRequest, @Req() received: FastifyRequest) {
    const edge = await this.edge.describe();
    const { tenant, account } = await this.registerAccount.execute(request, this.addresses.of(received));
    const { identity, bundle } = edge;
    return {
      account,
      deviceId: PRIMARY_DEVICE,
      address: request.address.uri,
      edge: { tenant: tenant.id, region: tenant.region, identity, bundle },
    };
  }
}

@ApiTags('Accounts and devices')
@UseGuards(DeviceTokenGuard)
@Controller('v1')
export class AccountsController {
  constructor(
    private readonly accounts: AccountStore,
    private readonly preKeys: PreKeyStore,
    private readonly consents: ConsentStore,
    private readonly updateDevices: UpdateDevices,
    private readonly uploadPreKeys: UploadPreKeys,
    private readonly edge: EdgeDeskClient,
  ) {}

  @Get('edge')
  @Documented({
    summary: 'The edge: its identity and its signed leg keys',
    status: 200,
    answer: edgeDescriptionSchema,
    problems: ['unavailable'],
  })
  async describeEdge(@Caller() caller: AuthenticatedDevice) {
    const { identity, bundle } = await this.edge.describe();
    return { tenant: caller.tenant, region: caller.region, identity, bundle };
  }

  @Get('account/devices')
  @Documented({ summary: 'The signed device list of the own account', status: 200, answer: accountDevicesSchema })
  async ownDevices(@Caller() caller: AuthenticatedDevice) {
    const [own] = await this.accounts.deviceLists(caller.tenant, [caller.account]);
    if (!own) throw new CausewayError('not-found');
    return described(own);
  }

  @Put('account/devices')
  @HttpCode(204)
  @Documented({
    summary: 'Replace the signed device list: add or remove devices',
    status: 204,
    problems: ['invalid-signature', 'device-list-stale'],
  })
  async replaceDevices(
    @Caller() caller: AuthenticatedDevice,
    @Body({ schema: updateDevicesSchema }) request: UpdateDevicesRequest,
  ): Promise<void> {
    await this.updateDevices.execute(caller, request);
  }

  @Put('keys')
  @HttpCode(204)
  @Documented({
    summary: 'Upload pre-keys; a list that is present replaces all of its kind',
    status: 204,
    problems: ['invalid-signature'],
  })
  async upload(
    @Caller() caller: AuthenticatedDevice,
    @Body({ schema: uploadKeysSchema }) request: UploadKeysRequest,
  ): Promise<void> {
    await this.uploadPreKeys.execute(caller, request);
  }

  @Get('keys/count')
  @Documented({ summary: 'One-time keys that are left', status: 200, answer: keyCountSchema })
  async count(@Caller() caller: AuthenticatedDevice) {
    return this.preKeys.count(caller);
  }

  @Post('key-bundles')
  @HttpCode(200)
  @Documented({
    summary: 'Take key bundles to start sessions with',
    description: 'One-time keys are handed out once. Bundles of another account need its consent.',
    status: 200,
    answer: bundlesSchema,
    problems: ['no-consent'],
  })
  async take(@Caller() caller: AuthenticatedDevice, @Body({ schema: takeBundlesSchema }) request: TakeBundlesRequest) {
    const account = request.of === 'self' ? caller.account : (await this.granted(caller, request.conversation)).peer;
    return { bundles: await this.preKeys.take(caller.tenant, account, request.devices) };
  }

  @Get('conversations/:id/devices')
  @Documented({
    summary: 'The signed device lists of both ends of a conversation',
    status: 200,
    answer: conversationDevicesSchema,
    problems: ['no-consent'],
  })
  async devices(
    @Caller() caller: AuthenticatedDevice,
    @Param('id', { schema: conversationIdField }) id: ConversationId,
  ) {
    const { peer } = await this.granted(caller, id);
    const lists = await this.accounts.deviceLists(caller.tenant, [peer, caller.account]);
    const of = (account: string) => lists.find((list) => list.account === account);
    const [theirs, own] = [of(peer), of(caller.account)];
    if (!theirs || !own) throw new CausewayError('no-consent');
    return { peer: described(theirs), self: described(own) };
  }

  private async granted(caller: AuthenticatedDevice, conversation: string | undefined) {
    const id = conversation === undefined ? undefined : parseConversationId(conversation);
    const granted = id && (await this.consents.find(caller, { conversation: id }));
    if (!granted) throw new CausewayError('no-consent', { pointer: '/conversation' });
    return granted;
  }
}

const described = ({ account, address, accountKey, bytes, signature }: StoredDeviceList) => ({
  account,
  address,
  accountKey,
  deviceList: { bytes, signature },
});
