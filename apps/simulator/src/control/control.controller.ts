import { Body, Controller, Delete, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { z } from 'zod';
import { SIMULATOR_SETTINGS, type SimulatorSettings } from '../simulator-options.js';
import { AllFaults } from './all-faults.js';
import { CallLog } from './call-log.js';
import { ANY_FAULT, type AnyFault } from './fault-file.js';
import { Holds, RELEASE } from './holds.js';

const E164 = z.string().regex(/^\+[1-9]\d{6,14}$/);

const SETTINGS = z.strictObject({
  inboundUrl: z.url({ protocol: /^https?$/ }).optional(),
  bridgeNumbers: z.array(E164).optional(),
  sendDelayMs: z.int().min(0).max(3_600_000).optional(),
  deliverDelayMs: z.int().min(0).max(3_600_000).optional(),
});

/** The strings by which a test or a demo pulls the carrier. */
@Controller()
export class ControlController {
  constructor(
    private readonly faults: AllFaults,
    private readonly log: CallLog,
    private readonly holds: Holds,
    @Inject(SIMULATOR_SETTINGS) private readonly settings: SimulatorSettings,
  ) {}

  @Get()
  describe() {
    return {
      simulated: true,
      what: 'A pretend SMS carrier and a pretend RCS network. Nothing sent here reaches a phone.',
      doors: {
        twilio: '/2010-04-01/Accounts/{AccountSid}/Messages.json',
        handset: '/handsets/{e164}/messages',
        faults: '/faults',
        holds: '/holds',
        settings: '/settings',
        log: '/log',
      },
    };
  }

  @Get('faults')
  listFaults() {
    return { simulated: true, faults: this.faults.list() };
  }

  @Post('faults')
  addFault(@Body({ schema: ANY_FAULT }) fault: AnyFault) {
    this.faults.add(fault);
    return { simulated: true, faults: this.faults.list() };
  }

  @Delete('faults')
  @HttpCode(204)
  clearFaults(): void {
    this.faults.clear();
  }

  /** Calls that stand still, by the point they stand at. */
  @Get('holds')
  listHolds() {
    return { simulated: true, held: this.holds.list() };
  }

  @Post('holds/release')
  @HttpCode(200)
  release(@Body({ schema: RELEASE }) { as }: z.infer<typeof RELEASE>) {
    return { simulated: true, released: this.holds.release(as) };
  }

  @Get('log')
  readLog() {
    return { simulated: true, counts: this.log.counts(), entries: this.log.entries() };
  }

  @Get('settings')
  readSettings() {
    return { simulated: true, ...this.settings };
  }

  @Post('settings')
  @HttpCode(200)
  change(@Body({ schema: SETTINGS }) change: z.infer<typeof SETTINGS>) {
    Object.assign(this.settings, change);
    return { simulated: true, ...this.settings };
  }
}
