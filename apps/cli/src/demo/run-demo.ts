import { join, relative } from 'node:path';
import type { Foreground } from '../embedded/in-foreground.js';
import { startSimulatedCarrier } from '../embedded/simulated-carrier.js';
import { startEmbedded } from '../embedded/start-embedded.js';
import { Terminal } from '../terminal.js';
import { DemoWorld } from './demo-world.js';
import { firstContact } from './journeys/first-contact.js';
import { linkedNumber } from './journeys/linked-number.js';
import { marketplaceAlias } from './journeys/marketplace-alias.js';
import { nativeToNative } from './journeys/native-to-native.js';
import { nativeToSms } from './journeys/native-to-sms.js';
import { preferredApp } from './journeys/preferred-app.js';
import { rcsAndFallback } from './journeys/rcs-and-fallback.js';
import { repeatedRequest } from './journeys/repeated-request.js';
import { safetyNumbers } from './journeys/safety-numbers.js';
import { smsToNative } from './journeys/sms-to-native.js';
import { stopAcrossNetworks } from './journeys/stop-across-networks.js';
import { runSteps, type Step } from './step.js';

const STEPS: readonly Step[] = [
  firstContact,
  safetyNumbers,
  nativeToNative,
  nativeToSms,
  smsToNative,
  repeatedRequest,
  rcsAndFallback,
  linkedNumber,
  preferredApp,
  marketplaceAlias,
  stopAcrossNetworks,
];

/** Starts everything, runs the journeys and tells of them. Resolves with whether all of them worked. */
export async function runDemo(
  foreground: Foreground,
  { folder, staysUp }: { readonly folder: string; readonly staysUp: boolean },
): Promise<boolean> {
  const { config, teardown, signal } = foreground;
  const terminal = new Terminal();
  const startedMs = performance.now();
  terminal.title('Causeway: messages between networks, each step checked');
  terminal.line('Real devices, gateway, database and encryption. Carriers are SIMULATED: nothing reaches a phone.');
  await startSimulatedCarrier(foreground);
  const causeway = await startEmbedded(foreground);
  terminal.row('started in', `${seconds(startedMs)}: PostgreSQL, gateway and worker, edge, pretend carrier`);
  terminal.line();
  const world = await DemoWorld.open({
    causeway,
    teardown,
    folder: join(folder, 'devices'),
    carrierUrl: config.twilioApiUrl,
  });
  teardown.add('devices', () => world.close());
  const hasWorked = await runSteps(STEPS, { world, terminal, signal });
  terminal.title(hasWorked ? `All ${STEPS.length} steps worked, in ${seconds(startedMs)}.` : 'The demo did not work.');
  if (hasWorked && staysUp) showDoors(terminal, world);
  return hasWorked;
}

function showDoors(terminal: Terminal, world: DemoWorld): void {
  const { handle, folder } = world.visitor;
  const device = `--device ${relative(process.cwd(), folder)}`;
  const causeway = 'npm run causeway --';
  terminal.line();
  terminal.title('It stays up. To look at:');
  terminal.row('REST API', `${world.gatewayUrl}/docs`);
  terminal.row('Grace’s phone', `${world.handsets.url}/handsets/${world.phone}/messages`);
  terminal.row('all phones', `${world.handsets.url}/handsets`);
  terminal.row('metrics', `${world.gatewayUrl}/metrics`);
  terminal.line();
  terminal.title('To write yourself, in another terminal:');
  terminal.line(`   ${causeway} register ${handle} --gateway ${world.gatewayUrl} ${device}`);
  terminal.line(`   ${causeway} networks on sms ${device}`);
  terminal.line(`   ${causeway} send tel:${world.phone} "Hello Grace" --allow-sms ${device}`);
  terminal.line(`   ${causeway} inbox --follow ${device}`);
  terminal.line();
  terminal.line('Stop with Ctrl-C.');
}

const seconds = (sinceMs: number): string => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;
