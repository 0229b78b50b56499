import { isTwilioApi } from '@causeway/adapter-sms-twilio';
import { StartupProblem } from '@causeway/platform';
import type { Command, Env } from '../command.js';
import { inForeground } from '../embedded/in-foreground.js';
import { simulatedCarrierSettings, startSimulatedCarrier } from '../embedded/simulated-carrier.js';
import { startEmbedded } from '../embedded/start-embedded.js';
import { Terminal } from '../terminal.js';

const DEFAULT_SIMULATOR_PORT = 7402;

/** `causeway up`: a gateway that stays up and keeps its data under one folder. */
export const up: Command = {
  name: 'up',
  usage: '[--simulate]',
  summary: 'start the gateway; --simulate gives it pretend SMS and RCS carriers',
  group: 'gateway',
  options: { simulate: 'flag' },
  run: async (invocation) => {
    const isSimulated = invocation.has('simulate');
    const env = isSimulated ? simulated(invocation.env) : invocation.env;
    const causeway = await inForeground(env, async (foreground) => {
      if (isSimulated) await startSimulatedCarrier(foreground);
      return { ...(await startEmbedded(foreground)), config: foreground.config };
    });
    if (!causeway) return;
    const { config, url } = causeway;
    const sms = { none: 'not set up (CAUSEWAY_SMS_PROVIDER)', twilio: 'Twilio' }[config.smsProvider];
    const terminal = new Terminal();
    terminal.line();
    terminal.title('Causeway is up.');
    terminal.row('REST API', `${url}/v1   to read: ${url}/docs`);
    terminal.row('Webhooks', `${config.edgePublicUrl}/webhooks`);
    terminal.row(
      'SMS',
      config.twilioApiUrl === '' || isTwilioApi(config.twilioApiUrl)
        ? sms
        : `SIMULATED at ${config.twilioApiUrl}: nothing reaches a phone`,
    );
    if (config.rcsApiUrl !== '') terminal.row('RCS', `SIMULATED at ${config.rcsApiUrl}: nothing reaches a phone`);
    terminal.row('Data folder', config.dataFolder);
    terminal.line('Stop with Ctrl-C.');
  },
};

function simulated(env: Env): Env {
  if (env['CAUSEWAY_ENVIRONMENT'] === 'production')
    throw new StartupProblem('A pretend carrier is not for production.', 'Leave out --simulate.');
  return { ...env, ...simulatedCarrierSettings(Number(env['CAUSEWAY_SIMULATOR_PORT'] || DEFAULT_SIMULATOR_PORT)) };
}
