import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z, ZodError } from 'zod';
import {
  FileClock,
  StartupProblem,
  SYSTEM_CLOCK,
  configOfProcess,
  endWithParent,
  type Config,
} from '@causeway/platform';
import { agentIdOf } from '@causeway/adapter-rcs-simulated';
import { FAULT_FILE, type FaultFile } from './control/fault-file.js';
import { createSimulator, type Simulator } from './create-simulator.js';
import type { SimulatorOptions } from './simulator-options.js';

/** Files on the command line: what only whoever tests a network wants, so no setting of an installation. */
const { values: files } = parseArgs({
  options: {
    'log-file': { type: 'string' },
    'rcs-log-file': { type: 'string' },
    'faults-file': { type: 'string' },
  },
});

function faultsIn(file: string): FaultFile {
  try {
    return FAULT_FILE.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (problem) {
    const why = problem instanceof ZodError ? z.prettifyError(problem) : String(problem);
    throw new StartupProblem(`${file} is no list of faults: ${why}`, 'What one looks like is in docs/simulator.md.');
  }
}

/** The RCS network beside the carrier, with an agent for each bridge number, where the settings have tokens for it. */
function rcsOf(config: Config): Pick<SimulatorOptions, 'rcs'> {
  const { rcsAccessToken, rcsClientToken, bridgeNumbers, edgePublicUrl } = config;
  if (!rcsAccessToken || !rcsClientToken) return {};
  const agents = bridgeNumbers.map((bridgeNumber) => ({ agentId: agentIdOf(bridgeNumber), bridgeNumber }));
  const { 'rcs-log-file': logFile } = files;
  return {
    rcs: {
      accessToken: rcsAccessToken.reveal(),
      clientToken: rcsClientToken.reveal(),
      agents,
      webhookUrl: `${edgePublicUrl}/webhooks/rcs/events`,
      ...(logFile === undefined ? {} : { logFile }),
    },
  };
}

/** `--log-file` and `--faults-file`. */
function wishes(): Pick<SimulatorOptions, 'logFile' | 'faults'> {
  const { 'log-file': logFile, 'faults-file': faults } = files;
  return {
    ...(logFile === undefined ? {} : { logFile }),
    ...(faults === undefined ? {} : { faults: faultsIn(faults) }),
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
    keepSeconds: config.simulatorKeepSeconds,
    clock: config.clockFile === '' ? SYSTEM_CLOCK : new FileClock(config.clockFile),
    inboundUrl: `${config.edgePublicUrl}/webhooks/sms/inbound`,
    ...rcsOf(config),
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
