import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { gatewayDescriptionSchema, type GatewayDescription } from '@causeway/api-contract';
import type { Config } from '@causeway/platform';
import { Documented } from './documented.js';

/** The settings that anybody may know. */
export class PublicSettings {
  readonly description: GatewayDescription;

  constructor({
    nativeHost,
    otherNativeHosts,
    registration,
  }: Pick<Config, 'nativeHost' | 'otherNativeHosts' | 'registration'>) {
    const nativeHosts = [...new Set([nativeHost, ...otherNativeHosts])];
    this.description = { nativeHost, nativeHosts, registration, version: '1' };
  }
}

@ApiTags('Accounts and devices')
@Controller('.well-known')
export class DiscoveryController {
  constructor(private readonly settings: PublicSettings) {}

  @Get('causeway')
  @Documented({
    summary: 'What a device needs to know before it registers',
    status: 200,
    answer: gatewayDescriptionSchema,
    isPublic: true,
  })
  describe(): GatewayDescription {
    return this.settings.description;
  }
}
