import {
  weighReporters,
  weightOf,
  type Assurance,
  type ReportPseudonyms,
  type ReportTokens,
} from '@causeway/abuse-control';
import type { ReportRequest, Reported } from '@causeway/api-contract';
import {
  CausewayError,
  conversationUri,
  messageIdOf,
  mintAccountId,
  type AccountId,
  type ContactId,
} from '@causeway/message-model';
import type { AccountStore, AuthenticatedDevice, ReportStore } from '@causeway/storage';
import type { DecideConsent } from './decide-consent.js';

/** A report that proved itself, as whoever judges senders is told of it: who, by whom, and how much it counts. */
export interface ProvenReport {
  readonly reporter: AuthenticatedDevice;
  readonly sender: AccountId | ContactId;
  readonly assurance: Assurance;
  /** 0 to 1; 0 when this reporter had reported this sender before. */
  readonly weight: number;
  /** Everyone who reported this sender these two weeks, and the same with each counted by their weight. */
  readonly reporters: { readonly distinct: number; readonly weighted: number };
  readonly isBlocked: boolean;
}

/** Told of every proven report, after it was kept. */
export type HearReport = (report: ProvenReport) => Promise<void>;

interface Sender {
  readonly id: AccountId | ContactId;
  readonly assurance: Assurance;
  /** As it stands in the message id; not known of clear legs, whose numbers stay with the edge. */
  readonly uri: string | undefined;
}

/**
 * Takes a report only when it proves that this message was carried from this sender to this person, and, with words, that they were these.
 * Words are compared and forgotten. Refused reports change nothing, a block asked for in the same call included.
 */
export class TakeReport {
  constructor(
    private readonly keys: { readonly tokens: ReportTokens; readonly pseudonyms: ReportPseudonyms },
    private readonly reports: ReportStore,
    private readonly accounts: AccountStore,
    private readonly consent: DecideConsent,
    private readonly hear: HearReport,
  ) {}

  /** Throws `report-not-genuine`, `report-expired` or `already-reported`; none of them gets better by trying again. */
  async execute(reporter: AuthenticatedDevice, request: ReportRequest): Promise<Reported> {
    const { tenant, account } = reporter;
    const { messageId } = request;
    const sender = await this.senderOf(reporter, request);
    const { assurance } = sender;
    const claimed = { tenant, messageId, sender: sender.id, recipient: account, assurance };
    const verdict = this.keys.tokens.verify(request.token, claimed);
    if (verdict.kind === 'expired') throw new CausewayError('report-expired', { pointer: '/token' });
    if (verdict.kind === 'forged') throw new CausewayError('report-not-genuine', { pointer: '/token' });
    requireSameWords(reporter, request, sender);
    const about = this.keys.pseudonyms.of(tenant, sender.id);
    const by = this.keys.pseudonyms.of(tenant, account);
    const standing = await this.reports.standingOf(tenant, by);
    const hasWords = request.words !== undefined;
    const kept = await this.reports.add({
      usedDigest: verdict.usedDigest,
      tenant,
      about,
      reporter: by,
      day: verdict.day,
      assurance,
      reason: request.reason,
      hasWords,
    });
    if (kept.kind === 'repeated') throw new CausewayError('already-reported', { pointer: '/token' });
    const isBlocked = request.block && sender.uri !== undefined;
    if (isBlocked) await this.consent.decide(reporter, sender.uri, 'revoke');
    await this.hear({
      reporter,
      sender: sender.id,
      assurance,
      isBlocked,
      weight: kept.isFirst ? weightOf(standing) : 0,
      reporters: weighReporters(await this.reports.reportersOf(tenant, about)),
    });
    return { assurance, words: hasWords ? 'proven' : 'none', blocked: isBlocked };
  }

  private async senderOf({ tenant }: AuthenticatedDevice, { sender, block, words }: ReportRequest): Promise<Sender> {
    if (sender.kind === 'native') {
      const { uri } = sender.address;
      const found = await this.accounts.byAddress(tenant, uri);
      // who does not exist is answered as who did not send it: no token is anybody's whose id was made just now
      return { id: found?.account ?? mintAccountId(), assurance: 'verified', uri };
    }
    if (words)
      throw cannot(
        '/words',
        'Words from a clear network carry the number, which is not taken here: report without them',
      );
    if (block)
      throw cannot('/block', 'A telephone is blocked on your own device: it cannot be kept from texting our number');
    return { id: sender.contact, assurance: 'carrier', uri: undefined };
  }
}

function requireSameWords({ host }: AuthenticatedDevice, { words, messageId }: ReportRequest, { uri }: Sender): void {
  if (!words || uri === undefined) return;
  const roomUri = conversationUri(host, words.conversation);
  if (messageIdOf({ content: words.content, senderUri: uri, roomUri }) === messageId) return;
  throw new CausewayError('report-not-genuine', { pointer: '/words/content' });
}

const cannot = (pointer: string, detail: string) => new CausewayError('invalid-request', { pointer, detail });
