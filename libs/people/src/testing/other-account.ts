import { mintConversationId, NO_CONSENT, permitsDelivery, reduceConsent, type Consent } from '@causeway/message-model';
import type { LinkedAccount } from '@causeway/storage';

const CONVERSATION = mintConversationId();

/** What is looked at before something is delivered to the other account. */
export interface LedDelivery {
  /** Its record of the sender, and that of the account that granted. */
  readonly theirs: Consent;
  readonly granted: Consent;
  /** The grant is that of the other account, and holds as long as the link does. */
  readonly isCarried: boolean;
  readonly isCrossing: boolean;
}

/** As accept has it in SQL. */
export const permitsLed = ({ theirs, granted, isCarried, isCrossing }: LedDelivery): boolean =>
  isCrossing && permitsDelivery(theirs, 'native') && !(isCarried && granted.isStopped);

/** The other account of who is written to, on another native network: a grant is carried over to it by a link, and ends with that. */
export class OtherAccount {
  private record: Consent = NO_CONSENT;
  private isCarried = false;
  private tiedUntil = 0;
  /** Whether sender and this account take part in conversations between networks. */
  readonly crossing: [boolean, boolean] = [false, false];

  constructor(
    private readonly parts: {
      readonly isTied: (tie: { readonly until: number; readonly now: number }) => boolean;
      readonly permitsLed: typeof permitsLed;
    },
    readonly address: string,
  ) {}

  get standing(): string {
    return `${this.record.standing} ${String(this.isCarried)}`;
  }

  get isGranted(): boolean {
    return this.record.standing === 'granted';
  }

  tie(until: number): void {
    this.tiedUntil = until;
  }

  decide(operation: 'grant' | 'revoke'): void {
    this.record = reduceConsent(this.record, operation);
    if (operation === 'grant') this.isCarried = false;
  }

  /** What a link carried goes with it; a block stays. */
  pass(now: number): void {
    if (!this.isCarried || this.parts.isTied({ until: this.tiedUntil, now })) return;
    this.record = this.record.isStopped ? { standing: 'refused', isStopped: true } : NO_CONSENT;
    this.isCarried = false;
  }

  linked(now: number): readonly Pick<LinkedAccount, 'address' | 'crossNetwork' | 'conversation' | 'isOpen'>[] {
    if (!this.parts.isTied({ until: this.tiedUntil, now })) return [];
    const [, crossNetwork] = this.crossing;
    const conversation = this.isGranted ? CONVERSATION : null;
    return [{ address: this.address, crossNetwork, conversation, isOpen: this.record.standing !== 'refused' }];
  }

  /** A message is led here: the grant is carried over. */
  carry(): void {
    if (this.isGranted) return;
    this.isCarried = this.record.standing !== 'welcome';
    this.record = { ...this.record, standing: 'granted' };
  }

  permits(granted: Consent): boolean {
    const { record: theirs, isCarried } = this;
    return this.parts.permitsLed({ theirs, granted, isCarried, isCrossing: this.crossing[1] });
  }
}
