import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, UseGuards } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { CallLog } from '../control/call-log.js';
import { SIMULATOR_SETTINGS, type SimulatorSettings } from '../simulator-options.js';
import { AccountGuard } from './account.guard.js';
import { single, type FormFields } from './new-message.js';
import { TwilioError } from './twilio-error.js';

const sidOf = (prefix: string, text: string): string => `${prefix}${createHash('md5').update(text).digest('hex')}`;

/** The account, its numbers and its messaging services: what an operator sets up before the first message. */
@Controller()
@UseGuards(AccountGuard)
export class AccountController {
  private readonly servicesBySid = new Map<string, Readonly<Record<string, unknown>>>();
  private readonly numbersByService = new Map<string, readonly string[]>();

  constructor(
    private readonly log: CallLog,
    @Inject(SIMULATOR_SETTINGS) private readonly settings: SimulatorSettings,
  ) {}

  @Get('2010-04-01/Accounts/:accountFile')
  account(@Param('accountFile') file: string) {
    this.log.append({ call: 'fetch-account', status: 200 });
    return { sid: file.replace(/\.json$/, ''), friendly_name: 'Simulated', status: 'active', type: 'Full' };
  }

  @Get('2010-04-01/Accounts/:accountSid/IncomingPhoneNumbers.json')
  numbers(@Param('accountSid') accountSid: string, @Query() query: FormFields) {
    const wanted = single(query, 'PhoneNumber');
    const found = this.settings.bridgeNumbers.filter((number) => wanted === undefined || number === wanted);
    const uri = `/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers.json?PageSize=50&Page=0`;
    this.log.append({ call: 'list-numbers', status: 200 });
    return {
      first_page_uri: uri,
      uri,
      next_page_uri: null,
      previous_page_uri: null,
      start: 0,
      end: Math.max(found.length - 1, 0),
      page: 0,
      page_size: 50,
      incoming_phone_numbers: found.map((number) => this.render(accountSid, number)),
    };
  }

  @Get('2010-04-01/Accounts/:accountSid/IncomingPhoneNumbers/:file')
  number(@Param('accountSid') accountSid: string, @Param('file') file: string) {
    return this.render(accountSid, this.find(file));
  }

  /** Every number of this account has one address: what one is given, all have. */
  @Post('2010-04-01/Accounts/:accountSid/IncomingPhoneNumbers/:file')
  @HttpCode(200)
  update(@Param('accountSid') accountSid: string, @Param('file') file: string, @Body() form: FormFields | undefined) {
    const number = this.find(file);
    const url = single(form ?? {}, 'SmsUrl');
    if (url !== undefined) {
      if (url !== '' && (!URL.canParse(url) || !/^https?:/.test(url))) throw TwilioError.of(21609);
      this.settings.inboundUrl = url === '' ? undefined : url;
    }
    this.log.append({ call: 'update-number', status: 200, form: form ?? {} });
    return this.render(accountSid, number);
  }

  /** Of Twilio's messaging API, version 1. */
  @Get('v1/Services')
  services() {
    this.log.append({ call: 'list-services', status: 200 });
    return { services: [...this.servicesBySid.values()], meta: metaOf('/v1/Services', 'services') };
  }

  @Post('v1/Services')
  createService(@Body() form: FormFields | undefined) {
    const name = single(form ?? {}, 'FriendlyName') ?? '';
    const service = {
      sid: sidOf('MG', `${name} ${this.servicesBySid.size}`),
      friendly_name: name,
      use_inbound_webhook_on_number: single(form ?? {}, 'UseInboundWebhookOnNumber') === 'true',
    };
    this.servicesBySid.set(service.sid, service);
    return service;
  }

  @Get('v1/Services/:serviceSid/PhoneNumbers')
  numbersOf(@Param('serviceSid') serviceSid: string) {
    const path = `/v1/Services/${serviceSid}/PhoneNumbers`;
    const numbers = (this.numbersByService.get(serviceSid) ?? []).map((number) => ({
      sid: sidOf('PN', number),
      service_sid: serviceSid,
      phone_number: number,
    }));
    return { phone_numbers: numbers, meta: metaOf(path, 'phone_numbers') };
  }

  @Post('v1/Services/:serviceSid/PhoneNumbers')
  addNumber(@Param('serviceSid') serviceSid: string, @Body() form: FormFields | undefined) {
    const number = this.find(single(form ?? {}, 'PhoneNumberSid') ?? '');
    this.numbersByService.set(serviceSid, [...(this.numbersByService.get(serviceSid) ?? []), number]);
    return { sid: sidOf('PN', number), service_sid: serviceSid, phone_number: number };
  }

  private find(file: string): string {
    const sid = file.replace(/\.json$/, '');
    const number = this.settings.bridgeNumbers.find((each) => sidOf('PN', each) === sid);
    if (number === undefined) throw TwilioError.of(20404);
    return number;
  }

  private render(accountSid: string, number: string) {
    const sid = sidOf('PN', number);
    return {
      sid,
      account_sid: accountSid,
      phone_number: number,
      friendly_name: number,
      capabilities: { voice: false, sms: true, mms: true, fax: false },
      sms_url: this.settings.inboundUrl ?? '',
      sms_method: 'POST',
      sms_fallback_url: '',
      sms_fallback_method: 'POST',
      sms_application_sid: '',
      status_callback: '',
      status: 'in-use',
      origin: 'twilio',
      uri: `/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers/${sid}.json`,
    };
  }
}

const metaOf = (path: string, key: string) => {
  const url = `${path}?PageSize=50&Page=0`;
  return { page: 0, page_size: 50, first_page_url: url, previous_page_url: null, url, next_page_url: null, key };
};
