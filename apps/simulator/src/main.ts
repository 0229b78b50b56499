import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { StartupProblem, configOfProcess, endWithParent, type Config } from '@causeway/platform';
import { FAULT_FILE } from './control/fault-script.js';
import { createSimulator, type Simulator } from './create-simulator.js';

/** `--log-file` and `--faults-file`: what only whoever tests a carrier wants, so no setting of an installation. */
function wishes() {
  const { values } = parseArgs({ options: { 'log-file': { type: 'string' }, 'faults-file': { type: 'string' } } });
  const { 'log-file': logFile, 'faults-file': faultsFile } = values;
  return {
    ...(logFile === undefined ? {} : { logFile }),
    ...(faultsFile === undefined ? {} : { faults: FAULT_FILE.parse(JSON.parse(readFileSync(faultsFile, 'utf8'))) }),
  };
}

async function start(config: Config): Promise<Simulator> {
  const { twilioAccountSid, twilioAuthToken } = config;
  if (twilioAccountSid === '' || twilioAuthToken === undefined)
    throw new StartupProblem(
      'The simulator needs an account to pretend to be.',
      'Set CAUSEWAY_TWILIO_ACCOUNT_SID and CAUSEWAY_TWILIO_AUTH_TOKEN to any account you make up.',
    );
  return createSimulator({
    port: config.simulatorPort,
    accountSid: twilioAccountSid,
    authToken: twilioAuthToken.reveal(),
    bridgeNumbers: config.bridgeNumbers,
    inboundUrl: `${config.edgePublicUrl}/webhooks/sms/inbound`,
    ...wishes(),
  });
}

const isPortTaken = (failure: unknown): boolean =>
  failure instanceof Error && Reflect.get(failure, 'code') === 'EADDRINUSE';

endWithParent();
try {
  const simulator = await start(configOfProcess());
  process.stdout.write(`Pretend carriers (simulated: nothing reaches a phone) at ${simulator.url}\n`);
  process.send?.({ ready: simulator.url });
  const end = (): void => void simulator.close().then(() => process.exit(0));
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
} catch (failure) {
  if (isPortTaken(failure)) {
    process.stderr.write(
      `Port ${configOfProcess().simulatorPort} is in use. Set CAUSEWAY_SIMULATOR_PORT to a free one.\n`,
    );
  } else if (failure instanceof StartupProblem) {
    process.stderr.write(`${failure.message}\n`);
  } else throw failure;
  process.exit(1);
}
