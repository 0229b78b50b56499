import { isTwilioApi } from '@causeway/adapter-sms-twilio';
import type { Config } from '@causeway/platform';
import { Terminal } from '../terminal.js';

/** What a person is told about a Causeway that is up. */
export function tellUp({ config, url }: { readonly config: Config; readonly url: string }): void {
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
  terminal.row('Native networks', [config.nativeHost, ...config.otherNativeHosts].join(', '));
  terminal.row('Data folder', config.dataFolder);
  terminal.line('Stop with Ctrl-C.');
}
