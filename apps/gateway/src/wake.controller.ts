import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { ApiExcludeController } from '@nestjs/swagger';
import { parseAccountId, parseDeviceId, parseTenantId } from '@causeway/message-model';
import { WAKE_DEVICES } from '@causeway/message-flow';
import type { DeviceRef } from '@causeway/storage';
import { z } from 'zod';
import { DeviceSockets } from './device-sockets.js';

const wordSchema = z.object({
  devices: z.array(z.object({ tenant: z.string(), account: z.string(), device: z.int() })).max(10_000),
});

/** Workers and edges say whose inbox they filled. */
@ApiExcludeController()
@Controller()
export class WakeController {
  constructor(private readonly sockets: DeviceSockets) {}

  @MessagePattern(WAKE_DEVICES)
  wake(@Payload() word: unknown): { readonly woken: number } {
    const devices = wordSchema.parse(word).devices.flatMap(refOf);
    this.sockets.wake(devices);
    return { woken: devices.length };
  }
}

function refOf(named: {
  readonly tenant: string;
  readonly account: string;
  readonly device: number;
}): readonly DeviceRef[] {
  const [tenant, account, device] = [
    parseTenantId(named.tenant),
    parseAccountId(named.account),
    parseDeviceId(named.device),
  ];
  return tenant && account && device ? [{ tenant, account, device }] : [];
}
