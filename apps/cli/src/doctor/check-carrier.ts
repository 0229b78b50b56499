import {
  AccountProblem,
  isTwilioApi,
  openTwilioAccount,
  smsWebhookUrls,
  twilioRegion,
  type TwilioAccount,
  type TwilioNumber,
} from '@causeway/adapter-sms-twilio';
import type { Clock, Config } from '@causeway/platform';
import { masked, note, ok, problem, skipped, warning, type Finding } from './finding.js';

/** Twilio dates have whole seconds, and look-up after an unknown outcome reaches back a minute (PROTOCOL 8). */
const CLOCK_SKEW_WARNING_MS = 5_000;
const CLOCK_SKEW_PROBLEM_MS = 45_000;

export interface CarrierQuestion {
  readonly config: Config;
  readonly clock: Clock;
  /** Whether to set what may be set: the address of inbound messages at our numbers. */
  readonly mayFix: boolean;
}

/** Everything about Twilio, as far as its API tells. Only the inbound address of our own numbers is ever changed. */
export async function checkCarrier(question: CarrierQuestion): Promise<readonly Finding[]> {
  const { config } = question;
  const { smsProvider, twilioAccountSid: accountSid, twilioAuthToken: authToken, twilioApiUrl } = config;
  if (smsProvider === 'none') return [skipped('carrier', 'SMS is not set up (CAUSEWAY_SMS_PROVIDER is none).')];
  // the settings are refused earlier without these
  if (accountSid === '' || !authToken) return [];
  const account = openTwilioAccount({ accountSid, authToken, apiUrl: twilioApiUrl === '' ? undefined : twilioApiUrl });
  const where = placeOf(twilioApiUrl);
  try {
    const credentials = await checkAccount(account, question.clock);
    if (credentials.some(({ check, status }) => check === 'credentials' && status === 'problem'))
      return [where, ...credentials];
    return [
      where,
      ...credentials,
      ...(await checkNumbers(account, question)),
      ...(await checkServices(account, config.bridgeNumbers)),
      optOuts(config),
    ];
  } catch (thrown) {
    if (!(thrown instanceof AccountProblem)) throw thrown;
    return [where, unanswered(thrown)];
  }
}

function placeOf(apiUrl: string): Finding {
  if (apiUrl === '') return ok('region', 'Calls go to api.twilio.com, region us1.');
  if (isTwilioApi(apiUrl)) {
    return note(
      'region',
      `Calls go to Twilio in region ${twilioRegion(apiUrl)}; its auth token is another than that of us1.`,
    );
  }
  return note('region', 'Calls go to a simulator (CAUSEWAY_TWILIO_API_URL): nothing reaches a phone.');
}

function unanswered({ status, code }: AccountProblem): Finding {
  if (status === 401)
    return problem(
      'credentials',
      'Twilio refuses the account SID and the token (20003).',
      'Check CAUSEWAY_TWILIO_ACCOUNT_SID and CAUSEWAY_TWILIO_AUTH_TOKEN; a region has a token of its own.',
    );
  if (status === undefined)
    return problem(
      'credentials',
      'Twilio does not answer.',
      'Check the network, and CAUSEWAY_TWILIO_API_URL if it is set.',
    );
  return problem('credentials', `Twilio answers HTTP ${status}${code ? ` (${code})` : ''}.`, 'Try again later.');
}

async function checkAccount(account: TwilioAccount, clock: Clock): Promise<readonly Finding[]> {
  const { status, type, answeredAtMs } = await account.fetch();
  const standing =
    status === 'active'
      ? ok('credentials', 'Twilio knows the account, and it is active.')
      : problem('credentials', `The account is ${status}.`, 'Ask Twilio why.');
  const trial = warning('trial', 'It is a trial account.', 'It writes to verified numbers only (21608). Upgrade it.');
  return [standing, ...(type === 'Trial' ? [trial] : []), clockSkew(answeredAtMs, clock.nowMs())];
}

function clockSkew(theirsMs: number | undefined, oursMs: number): Finding {
  if (theirsMs === undefined) return skipped('clock', 'Twilio did not say what time it is.');
  const seconds = Math.round(Math.abs(oursMs - theirsMs) / 1_000);
  const says = `This clock and Twilio's differ by ${seconds} seconds.`;
  const advice = 'Let the machine follow a time server: what became of a message is looked up by time.';
  if (seconds * 1_000 > CLOCK_SKEW_PROBLEM_MS) return problem('clock', says, advice);
  if (seconds * 1_000 > CLOCK_SKEW_WARNING_MS) return warning('clock', says, advice);
  return ok('clock', 'This clock agrees with that of Twilio.');
}

async function checkNumbers(account: TwilioAccount, question: CarrierQuestion): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const e164 of question.config.bridgeNumbers) {
    const number = await account.findNumber(e164);
    const check = `number ${masked(e164)}`;
    if (!number) {
      findings.push(problem(check, 'The account does not have this number.', 'Check CAUSEWAY_BRIDGE_NUMBERS (21606).'));
    } else if (!number.canSms) {
      findings.push(problem(check, 'This number cannot send SMS.', 'Take one that can (21606).'));
    } else {
      findings.push(ok(check, number.canMms ? 'It sends SMS and MMS.' : 'It sends SMS.'));
      findings.push(await checkWebhook(account, { ...question, e164, number }));
    }
  }
  return findings;
}

async function checkWebhook(
  account: TwilioAccount,
  { config, mayFix, e164, number }: CarrierQuestion & { readonly e164: string; readonly number: TwilioNumber },
): Promise<Finding> {
  const check = `webhook ${masked(e164)}`;
  const wanted = smsWebhookUrls(config.edgePublicUrl).inbound;
  const { inboundUrl, inboundMethod, hasApplication } = number;
  if (inboundUrl === wanted && inboundMethod === 'POST' && !hasApplication)
    return ok(check, 'What people write is posted to this gateway.');
  if (mayFix) {
    await account.setInboundUrl(number, wanted);
    return { check, status: 'fixed', says: 'What people write is posted to this gateway from now on.' };
  }
  const says = hasApplication
    ? 'A TwiML application takes what people write.'
    : inboundUrl === ''
      ? 'What people write is posted nowhere.'
      : 'What people write is posted to another address.';
  const advice = `Set "A message comes in" to ${wanted}, HTTP POST, or let causeway doctor --fix do it.`;
  return { ...problem(check, says, advice), isFixable: true };
}

async function checkServices(account: TwilioAccount, ours: readonly string[]): Promise<readonly Finding[]> {
  const services = await account.services();
  const taking = services.filter(
    ({ takesInbound, numbers }) => takesInbound && numbers.some((one) => ours.includes(one)),
  );
  if (taking.length === 0) return [ok('messaging-service', 'No messaging service takes what our numbers receive.')];
  return taking.map(({ name }) =>
    problem(
      'messaging-service',
      `The messaging service “${name}” takes what numbers of ours receive.`,
      'Under "Integration" of the service choose "Defer to sender\'s webhook".',
    ),
  );
}

/** The API does not tell who answers STOP and HELP, so a person is told what we count on. */
function optOuts({ smsHelpAnswer }: Config): Finding {
  if (smsHelpAnswer === '')
    return note(
      'opt-out',
      'Twilio answers STOP, START and HELP by itself; Causeway hears them too and keeps its own record.',
    );
  return warning(
    'opt-out',
    'Causeway answers HELP (CAUSEWAY_SMS_HELP_ANSWER); unless Twilio’s own answer is switched off, people get two.',
    'Ask Twilio to switch off its handling of HELP for these numbers, or leave the setting empty.',
  );
}
