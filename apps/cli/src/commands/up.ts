import { gracefulShutdown } from '@causeway/platform';
import { startEmbedded } from './start-embedded.js';

/** `causeway up`: a gateway that stays up and keeps its data under one folder. */
export async function up(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const causeway = await startEmbedded(env);
  const { config } = causeway;
  gracefulShutdown({ log: causeway.context.log, limitSeconds: config.shutdownSeconds + 10, steps: [{ name: 'causeway', run: () => causeway.close() }] });
  process.stdout.write(
    [
      '',
      `Causeway is up.`,
      `  REST API        ${causeway.url}/v1      readable: ${causeway.url}/docs`,
      `  Webhooks        ${config.edgePublicUrl}/webhooks`,
      `  Data folder     ${config.dataFolder}`,
      `  SMS             ${config.smsProvider === 'none' ? 'not set up (CAUSEWAY_SMS_PROVIDER)' : config.smsProvider}`,
      `Stop with Ctrl-C.`,
      '',
    ].join('\n'),
  );
  process.send?.({ ready: causeway.url });
}
