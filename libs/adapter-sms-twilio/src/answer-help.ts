import type { InboundEvent, WebhookResponse } from '@causeway/network-adapter';
import type { AnswerGuard } from './answer-guard.js';

/** An empty TwiML document: anything else would be sent to the person as an answer. */
const SILENCE: WebhookResponse = { status: 200, contentType: 'text/xml', body: '<Response/>' };

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/**
 * What Twilio is answered: nothing, but for a person who asks for help where the operator set an answer, once an hour. It
 * travels in the answer to the webhook itself, so that it needs no call of ours and Twilio's guard against loops counts it.
 */
export function answerOf(
  events: readonly InboundEvent[],
  helpAnswer: string | undefined,
  guard: AnswerGuard,
): WebhookResponse {
  const help = events.find((event) => event.kind === 'help');
  if (!help || helpAnswer === undefined || !guard.mayAnswer(help.to, help.from.reveal())) return SILENCE;
  return { ...SILENCE, body: `<Response><Message>${escaped(helpAnswer)}</Message></Response>` };
}
