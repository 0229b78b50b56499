import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Controller, Get, Header, HttpException, Inject, Param, Res, Sse, type MessageEvent } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Observable } from 'rxjs';
import { RCS_OPTIONS, type RcsOptions } from '../rcs/rcs-options.js';
import { RcsFiles } from '../rcs/rcs-files.js';
import { RcsPhones } from '../rcs/rcs-phones.js';
import { MediaStore } from '../sms/media-store.js';
import { Handsets } from '../sms/handsets.js';
import { SIMULATOR_SETTINGS, type SimulatorSettings } from '../simulator-options.js';
import { timelineOf } from './timeline.js';

const ASSETS: Readonly<Record<string, string>> = {
  'conversation.css': 'text/css; charset=utf-8',
  'handsets.css': 'text/css; charset=utf-8',
  'handsets.mjs': 'text/javascript; charset=utf-8',
  'bubbles.mjs': 'text/javascript; charset=utf-8',
  'network.mjs': 'text/javascript; charset=utf-8',
};

/** No script, style or picture from anywhere else: what people write is shown here. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEARTBEAT_MS = 15_000;

/** A page on which a person is every handset at once. */
@Controller('phones')
export class HandsetPageController {
  constructor(
    private readonly handsets: Handsets,
    private readonly phones: RcsPhones,
    readonly files: RcsFiles,
    readonly media: MediaStore,
    @Inject(RCS_OPTIONS) private readonly rcs: RcsOptions,
    @Inject(SIMULATOR_SETTINGS) private readonly settings: SimulatorSettings,
  ) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', POLICY)
  page() {
    return readFile(join(publicFolder(), 'handsets.html'), 'utf8');
  }

  @Get('assets/:name')
  async asset(@Param('name') name: string, @Res() reply: FastifyReply): Promise<void> {
    const contentType = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
    if (contentType === undefined) throw new HttpException('There is no such file', 404);
    await reply
      .header('content-type', contentType)
      .header('x-content-type-options', 'nosniff')
      .send(await readFile(join(publicFolder(), name), 'utf8'));
  }

  @Get('state')
  state() {
    return {
      simulated: true,
      bridgeNumbers: this.settings.bridgeNumbers,
      agents: this.rcs.agents,
      handsets: this.handsets.all().map(({ e164 }) => this.handset(e164)),
    };
  }

  @Get('state/:e164')
  handset(@Param('e164') e164: string) {
    const { bubbles, ...rcs } = this.phones.read(e164);
    return { simulated: true, ...rcs, timeline: timelineOf(this.handsets.messages(e164), bubbles, this) };
  }

  /** One event per change of a handset, with its number; the page then asks for it. */
  @Sse('events')
  events(): Observable<MessageEvent> {
    return new Observable((subscriber) => {
      const stop = this.handsets.watch((e164) => subscriber.next({ type: 'change', data: { e164 } }));
      const heartbeat = setInterval(() => subscriber.next({ type: 'alive', data: {} }), HEARTBEAT_MS);
      subscriber.next({ type: 'alive', data: {} });
      return () => {
        stop();
        clearInterval(heartbeat);
      };
    });
  }
}

/** The same folder whether this runs from source or compiled. */
function publicFolder(from = import.meta.dirname): string {
  const folder = join(from, 'apps', 'simulator', 'public');
  if (existsSync(join(folder, 'handsets.html'))) return folder;
  if (dirname(from) === from) throw new Error('The page of handsets is not beside the simulator');
  return publicFolder(dirname(from));
}
