import { StartupProblem, loadConfig } from '@causeway/platform';
import { createSimulator } from './create-simulator.js';

const config = loadConfig(process.env);
if (config.twilioAccountSid === '' || config.twilioAuthToken === undefined)
  throw new StartupProblem(
    'The simulator needs an account to pretend to be.',
    'Set CAUSEWAY_TWILIO_ACCOUNT_SID and CAUSEWAY_TWILIO_AUTH_TOKEN.',
  );

const simulator = await createSimulator({
  port: config.simulatorPort,
  accountSid: config.twilioAccountSid,
  authToken: config.twilioAuthToken.reveal(),
  bridgeNumbers: config.bridgeNumbers,
  inboundUrl: `${config.edgePublicUrl}/webhooks/sms/inbound`,
});
process.stdout.write(`Pretend carriers (simulated: nothing reaches a phone) at ${simulator.url}\n`);

const end = (): void => {
  void simulator.close().then(() => process.exit(0));
};
process.once('SIGINT', end);
process.once('SIGTERM', end);
