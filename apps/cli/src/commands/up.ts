import { StartupProblem } from '@causeway/platform';
import type { Env, Invocation } from '../command.js';
import { inForeground } from '../embedded/in-foreground.js';
import { simulatedCarrierSettings, startSimulatedCarrier } from '../embedded/simulated-carrier.js';

const DEFAULT_SIMULATOR_PORT = 7402;

/** `causeway up`: a gateway that stays up and keeps its data under one folder. */
export async function up(invocation: Invocation): Promise<void> {
  const isSimulated = invocation.has('simulate');
  const faults = invocation.option('faults');
  if (faults !== undefined && !isSimulated)
    throw new StartupProblem('Only pretend carriers fail by a file.', 'Add --simulate, or leave out --faults.');
  const named = withHosts(invocation.env, invocation.option('hosts'));
  const env = isSimulated ? simulated(named) : named;
  const causeway = await inForeground(env, async (foreground) => {
    if (isSimulated) await startSimulatedCarrier(foreground, faults);
    // settings are read by now: what is wrong with them is said before all of Causeway is loaded
    const { startEmbedded } = await import('../embedded/start-embedded.js');
    return { ...(await startEmbedded(foreground)), config: foreground.config };
  });
  if (!causeway) return;
  const { tellUp } = await import('../embedded/tell-up.js');
  tellUp(causeway);
}

/** The first host is the one of registrations that name none. */
function withHosts(env: Env, hosts: string | undefined): Env {
  if (hosts === undefined) return env;
  const [first = '', ...others] = hosts.split(',').map((host) => host.trim());
  return { ...env, CAUSEWAY_NATIVE_HOST: first, CAUSEWAY_OTHER_NATIVE_HOSTS: others.join(',') };
}

function simulated(env: Env): Env {
  if (env['CAUSEWAY_ENVIRONMENT'] === 'production')
    throw new StartupProblem('A pretend carrier is not for production.', 'Leave out --simulate.');
  return { ...env, ...simulatedCarrierSettings(Number(env['CAUSEWAY_SIMULATOR_PORT'] || DEFAULT_SIMULATOR_PORT)) };
}
