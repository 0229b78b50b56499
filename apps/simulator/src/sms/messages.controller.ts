import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { CallLog, type CallName } from '../control/call-log.js';
import { FaultScript, type Fault } from '../control/fault-script.js';
import { Holds, type HoldPoint } from '../control/holds.js';
import { SIMULATOR_SETTINGS, type SimulatorSettings } from '../simulator-options.js';
import { AccountGuard } from './account.guard.js';
import { renderPage } from './message-page.js';
import { readNewMessage, single, type FormFields, type NewMessage } from './new-message.js';
import { OptOuts } from './opt-outs.js';
import { OutboundMedia } from './outbound-media.js';
import { SmsCarrier } from './sms-carrier.js';
import { isFinal, renderMessage, type SmsMessage } from './sms-message.js';
import { TwilioError } from './twilio-error.js';

/** The Messages resource of Twilio's API, version 2010-04-01. */
@Controller('2010-04-01/Accounts/:accountSid')
@UseGuards(AccountGuard)
export class MessagesController {
  constructor(
    private readonly carrier: SmsCarrier,
    private readonly optOuts: OptOuts,
    private readonly faults: FaultScript,
    private readonly log: CallLog,
    private readonly media: OutboundMedia,
    private readonly holds: Holds,
    @Inject(SIMULATOR_SETTINGS) private readonly settings: SimulatorSettings,
  ) {}

  @Post('Messages.json')
  async create(@Body() form: FormFields | undefined, @Res({ passthrough: true }) reply: FastifyReply) {
    const given = form ?? {};
    return this.logged<unknown>('create', given, async () => {
      const fault = this.faults.take('create');
      await this.strike(fault, reply);
      await this.standStill(fault, 'before', reply);
      const request = this.admit(given);
      const files = await this.media.fetch(request.media);
      const message = this.carrier.accept(request, fault);
      this.media.keep(message.sid, files);
      await this.standStill(fault, 'accepted', reply);
      if (fault?.mode === 'slow') await sleep(fault.delayMs);
      if (fault?.mode === 'accept-then-drop') reply.raw.destroy();
      if (fault?.mode === 'accept-then-500') throw TwilioError.of(20500);
      if (fault?.mode === 'accept-then-garbage') return { sid: message.sid, body: '<html>Bad gateway</html>' };
      return { sid: message.sid, body: renderMessage(message) };
    });
  }

  @Get('Messages.json')
  async list(
    @Param('accountSid') accountSid: string,
    @Query() query: FormFields,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.logged('list', query, async () => {
      const fault = this.faults.take('list');
      await this.strike(fault, reply);
      const listedToMs = Date.now() - (fault?.mode === 'lag' ? fault.delayMs : 0);
      const path = `/2010-04-01/Accounts/${accountSid}/Messages.json`;
      return {
        body: renderPage(
          path,
          query,
          this.carrier.all().filter(({ createdAtMs }) => createdAtMs <= listedToMs),
        ),
      };
    });
  }

  @Get('Messages/:file')
  async fetch(@Param('file') file: string, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.logged('fetch', {}, async () => {
      await this.strike(this.faults.take('fetch'), reply);
      const message = this.find(file);
      return { sid: message.sid, body: renderMessage(message) };
    });
  }

  /** An empty body redacts; nothing here is ever `scheduled`, the one state Twilio cancels from. */
  @Post('Messages/:file')
  @HttpCode(200)
  async update(@Param('file') file: string, @Body() form: FormFields | undefined) {
    return this.logged('update', form ?? {}, async () => {
      const message = this.find(file);
      if (single(form ?? {}, 'Status') === 'canceled') throw TwilioError.of(30409);
      if (single(form ?? {}, 'Body') === '') {
        if (!isFinal(message)) throw TwilioError.of(20009);
        this.carrier.redact(message);
      }
      return { sid: message.sid, body: renderMessage(message) };
    });
  }

  @Delete('Messages/:file')
  @HttpCode(204)
  async remove(@Param('file') file: string, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.logged('delete', {}, async () => {
      await this.strike(this.faults.take('delete'), reply);
      const message = this.find(file);
      if (!isFinal(message)) throw TwilioError.of(20009);
      this.carrier.remove(message.sid);
      return { sid: message.sid, body: undefined };
    });
  }

  private admit(form: FormFields): NewMessage {
    const request = readNewMessage(form, this.settings.bridgeNumbers);
    if (this.optOuts.isOptedOut(request.from, request.to)) throw TwilioError.of(21610);
    return request;
  }

  private find(file: string): SmsMessage {
    const message = this.carrier.find(file.replace(/\.json$/, ''));
    if (!message) throw TwilioError.of(20404);
    return message;
  }

  /** The faults that act before the call does anything. */
  private async strike(fault: Fault | undefined, reply: FastifyReply): Promise<void> {
    switch (fault?.mode) {
      case '429':
        reply.header('retry-after', '1');
        throw TwilioError.of(20429);
      case '500':
        throw TwilioError.of(20500);
      case 'refuse-code':
        throw TwilioError.scripted(fault.code);
      case 'drop':
        reply.raw.destroy();
        throw TwilioError.of(20500);
      case 'slow':
        if (fault.operation !== 'create') await sleep(fault.delayMs);
        return;
      default:
        return;
    }
  }

  private async standStill(fault: Fault | undefined, point: HoldPoint, reply: FastifyReply): Promise<void> {
    if (fault?.mode !== 'hold' || fault.point !== point) return;
    if ((await this.holds.wait(point)) === 'go-on') return;
    reply.raw.destroy();
    throw TwilioError.of(20500);
  }

  private async logged<Answer>(
    call: CallName,
    form: FormFields,
    act: () => Promise<{ readonly sid?: string; readonly body: Answer }>,
  ): Promise<Answer> {
    try {
      const { sid, body } = await act();
      this.log.append({ call, status: 200, form, ...(sid === undefined ? {} : { sid }) });
      return body;
    } catch (refusal) {
      this.log.append({ call, status: refusal instanceof TwilioError ? refusal.getStatus() : 500, form });
      throw refusal;
    }
  }
}
