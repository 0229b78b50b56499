import { Body, Controller, Delete, Get, HttpCode, HttpException, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Handsets } from '../sms/handsets.js';
import { LOCATION } from './agent-message.js';
import { RCS_FAULT, RcsFaultScript, type RcsFault } from './rcs-fault-script.js';
import { RcsFiles } from './rcs-files.js';
import { RcsLog } from './rcs-log.js';
import { RcsNetwork } from './rcs-network.js';
import { RCS_OPTIONS, RCS_SETTINGS, type RcsOptions, type RcsSettings } from './rcs-options.js';
import { RcsPerson } from './rcs-person.js';
import { RcsPhones, type WrittenContent } from './rcs-phones.js';
import { RcsWebhooks } from './rcs-webhooks.js';

const E164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be E.164 with the plus sign');
const AGENT = { agentId: z.string().min(1).max(100) };

const SETTINGS = z.strictObject({
  webhookUrl: z.url({ protocol: /^https?$/ }).optional(),
  deliverDelayMs: z.int().min(0).max(3_600_000).optional(),
  retryDelayMs: z.int().min(1).max(3_600_000).optional(),
  messagesPerMinute: z.int().min(1).max(1_000_000).optional(),
});

const STATE = z.strictObject({
  hasRcs: z.boolean().optional(),
  encryption: z.strictObject({ ...AGENT, isOn: z.boolean() }).optional(),
  subscription: z.strictObject({ ...AGENT, isOn: z.boolean() }).optional(),
});

const WRITTEN = z.union([
  z.strictObject({ ...AGENT, text: z.string().min(1).max(3_072) }),
  z.strictObject({ ...AGENT, suggestionResponse: z.strictObject({ postbackData: z.string(), text: z.string() }) }),
  z.strictObject({ ...AGENT, location: LOCATION }),
  z.strictObject({ ...AGENT, file: z.strictObject({ contentType: z.string().max(100), base64: z.base64() }) }),
]);

const READ = z.strictObject({ messageId: z.string() });
const TYPING = z.strictObject(AGENT);

/** The strings by which a test, a demo and the page of handsets pull the RCS network. */
@Controller('rcs')
export class RcsControlController {
  constructor(
    private readonly faults: RcsFaultScript,
    private readonly log: RcsLog,
    private readonly files: RcsFiles,
    private readonly network: RcsNetwork,
    private readonly person: RcsPerson,
    private readonly phones: RcsPhones,
    private readonly handsets: Handsets,
    private readonly webhooks: RcsWebhooks,
    @Inject(RCS_OPTIONS) private readonly options: RcsOptions,
    @Inject(RCS_SETTINGS) private readonly settings: RcsSettings,
  ) {}

  @Get('faults')
  listFaults() {
    return { simulated: true, faults: this.faults.list() };
  }

  @Post('faults')
  addFault(@Body({ schema: RCS_FAULT }) fault: RcsFault) {
    this.faults.add(fault);
    return this.listFaults();
  }

  @Delete('faults')
  @HttpCode(204)
  clearFaults(): void {
    this.faults.clear();
  }

  @Get('log')
  readLog() {
    return { simulated: true, counts: this.log.counts(), entries: this.log.entries() };
  }

  @Get('settings')
  readSettings() {
    return { simulated: true, agents: this.options.agents, ...this.settings };
  }

  @Post('settings')
  @HttpCode(200)
  change(@Body({ schema: SETTINGS }) change: z.infer<typeof SETTINGS>) {
    Object.assign(this.settings, change);
    return this.readSettings();
  }

  @Post('handshake')
  @HttpCode(200)
  async handshake() {
    return { simulated: true, isVerified: await this.webhooks.handshake() };
  }

  /** Unguessable names, and no token: as with the signed addresses of the real network. */
  @Get('files/:id')
  file(@Param('id') id: string, @Res() reply: FastifyReply) {
    const file = this.files.find(`files/${id}`);
    if (!file) throw new HttpException({ simulated: true, message: 'There is no such file' }, 404);
    return reply
      .header('content-type', file.contentType)
      .header('content-security-policy', "sandbox; default-src 'none'")
      .header('x-content-type-options', 'nosniff')
      .send(file.content);
  }

  @Get('handsets/:e164')
  read(@Param('e164', { schema: E164 }) e164: string) {
    return { simulated: true, ...this.phones.read(e164) };
  }

  @Post('handsets/:e164/state')
  @HttpCode(200)
  state(@Param('e164', { schema: E164 }) e164: string, @Body({ schema: STATE }) state: z.infer<typeof STATE>) {
    const { hasRcs, encryption, subscription } = state;
    if (hasRcs !== undefined) this.phones.setRcs(e164, hasRcs);
    if (encryption) this.phones.setEncryption(e164, encryption.agentId, encryption.isOn);
    if (subscription) this.person.subscribe(e164, subscription.agentId, subscription.isOn);
    return this.read(e164);
  }

  @Post('handsets/:e164/messages')
  write(
    @Param('e164', { schema: E164 }) e164: string,
    @Body({ schema: WRITTEN }) { agentId, ...written }: z.infer<typeof WRITTEN>,
    @Req() request: FastifyRequest,
  ) {
    this.needReady(e164, agentId);
    const content: WrittenContent = 'file' in written ? this.keep(written.file) : written;
    const origin = `${request.protocol}://${request.host}`;
    const messageId = this.person.write(e164, agentId, content, (name) => `${origin}/rcs/${name}`);
    return { simulated: true, messageId };
  }

  @Post('handsets/:e164/typing')
  @HttpCode(204)
  typing(
    @Param('e164', { schema: E164 }) e164: string,
    @Body({ schema: TYPING }) { agentId }: z.infer<typeof TYPING>,
  ): void {
    this.needReady(e164, agentId);
    this.person.type(e164, agentId);
  }

  @Post('handsets/:e164/read')
  @HttpCode(204)
  markRead(
    @Param('e164', { schema: E164 }) e164: string,
    @Body({ schema: READ }) { messageId }: z.infer<typeof READ>,
  ): void {
    if (this.phones.isReady(e164)) this.network.markRead(e164, messageId);
  }

  private keep({ contentType, base64 }: { readonly contentType: string; readonly base64: string }): WrittenContent {
    const { name, content } = this.files.add(contentType, Buffer.from(base64, 'base64'));
    return { userFile: { fileName: name, mimeType: contentType, fileSizeBytes: content.length } };
  }

  private needReady(e164: string, agentId: string): void {
    this.network.agent(agentId);
    if (this.phones.isReady(e164)) return;
    const why = this.handsets.isOnline(e164) ? 'The handset has lost RCS' : 'The handset is off';
    throw new HttpException({ simulated: true, message: why }, 409);
  }
}
