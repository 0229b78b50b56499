import { Injectable } from '@nestjs/common';

/** Twilio's default words, the whole message, in any case (support.twilio.com, "SMS STOP filtering"). */
const STOP = new Set(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT']);
const START = new Set(['START', 'YES', 'UNSTOP']);

/** Who does not want to hear from which of our numbers; Twilio keeps this per (sender number, recipient). */
@Injectable()
export class OptOuts {
  private readonly pairs = new Set<string>();

  isOptedOut(bridgeNumber: string, person: string): boolean {
    return this.pairs.has(`${bridgeNumber} ${person}`);
  }

  /** The confirmation Twilio answers by itself, or `undefined` when the body is no such word. */
  hear(bridgeNumber: string, person: string, body: string): string | undefined {
    const word = body.trim().toUpperCase();
    if (STOP.has(word)) {
      this.pairs.add(`${bridgeNumber} ${person}`);
      return 'You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe.';
    }
    if (START.has(word) && this.pairs.delete(`${bridgeNumber} ${person}`))
      return 'You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP to unsubscribe.';
    return undefined;
  }
}
