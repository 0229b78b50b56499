import { agentIdOf, RcsSimulatedAdapter } from '@causeway/adapter-rcs-simulated';
import { isTwilioApi, TwilioSmsAdapter, twilioRegion } from '@causeway/adapter-sms-twilio';
import type { ClearAdapter } from '@causeway/network-adapter';
import { StartupProblem, type Clock, type Config } from '@causeway/platform';
import type { Events } from '@causeway/platform/server';

/** The clear networks of this edge, by name. Adapters meet the message flow here and nowhere else. */
export function openAdapters(config: Config, clock: Clock, events: Events): ReadonlyMap<string, ClearAdapter> {
  // in the order in which routes offer them
  const adapters = [openRcs(config, clock, events), openSms(config, clock, events)];
  return new Map(adapters.filter((adapter) => adapter !== undefined).map((adapter) => [adapter.network, adapter]));
}

function openRcs(config: Config, clock: Clock, events: Events): ClearAdapter | undefined {
  const { rcsApiUrl: apiUrl, rcsAccessToken: accessToken, rcsClientToken: clientToken, bridgeNumbers } = config;
  // settings refuse an address without its tokens
  if (apiUrl === '' || !accessToken || !clientToken) return undefined;
  return new RcsSimulatedAdapter({
    apiUrl,
    accessToken,
    clientToken,
    agents: bridgeNumbers.map((bridgeNumber) => ({ agentId: agentIdOf(bridgeNumber), bridgeNumber })),
    publicWebhookUrl: config.edgePublicUrl,
    clock,
    onUnknownCode: (code) => events.unknownVendorCode({ network: 'rcs', code }),
  });
}

function openSms(config: Config, clock: Clock, events: Events): ClearAdapter | undefined {
  if (config.smsProvider === 'none') return undefined;
  const { twilioAccountSid: accountSid, twilioAuthToken: authToken, bridgeNumbers } = config;
  if (accountSid === '' || !authToken || bridgeNumbers.length === 0) {
    throw new StartupProblem(
      'SMS through Twilio needs an account, its token and at least one number.',
      'Set CAUSEWAY_TWILIO_ACCOUNT_SID, CAUSEWAY_TWILIO_AUTH_TOKEN and CAUSEWAY_BRIDGE_NUMBERS.',
    );
  }
  const { twilioApiUrl: apiUrl, smsHelpAnswer, smsSegmentsPerSecond: segments } = config;
  const isSimulated = apiUrl !== '' && !isTwilioApi(apiUrl);
  return new TwilioSmsAdapter({
    accountSid,
    authToken,
    ...(apiUrl === '' ? {} : { apiUrl }),
    ...(isSimulated ? {} : { regions: [twilioRegion(apiUrl)] }),
    publicWebhookUrl: config.edgePublicUrl,
    bridgeNumbers,
    clock,
    isSimulated,
    ...(segments > 0 || isSimulated ? { segmentsPerSecond: () => segments || Number.POSITIVE_INFINITY } : {}),
    sendsMedia: config.smsMedia === 'on',
    ...(smsHelpAnswer === '' ? {} : { helpAnswer: smsHelpAnswer }),
    onUnknownCode: (code) => events.unknownVendorCode({ network: 'sms', code }),
  });
}
