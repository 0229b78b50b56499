import {
  mintAccountId,
  mintContactId,
  mintConversationId,
  NO_CONSENT,
  PRIMARY_DEVICE,
  parseMessageId,
  parseTenantId,
  toBase64Url,
  toBytes,
  type Consent,
  type ConsentPolicy,
  type MessageId,
} from '@causeway/message-model';
import type { DowngradeStatement } from '@causeway/signal-protocol';
import type { Preferences } from '@causeway/storage';
import type { RouteChoice } from '../choose-route.js';
import { explainRoute } from '../explain-route.js';
import { objectionsTo, type Candidate, type RouteFacts } from '../route-vetoes.js';
import { OTHER_HOST, type Act, type Clear, type Towards } from './acts.js';
import { OtherAccount } from './other-account.js';
import type { Parts } from './parts.js';

export interface Delivery {
  readonly network: string;
  readonly message: number;
  readonly to: Towards;
  readonly floor: 'sealed' | 'clear';
  /** To the other account of who is written to. */
  readonly isLed: boolean;
  /** Which permission it went under; undefined of a sealed way. */
  readonly statement: number | undefined;
}

/** What one act led to: what left, and all that the sender was shown. */
export interface Outcome {
  readonly delivered: readonly Delivery[];
  readonly shown: readonly string[];
}

interface Statement {
  readonly number: number;
  readonly signed: DowngradeStatement;
  isRevoked: boolean;
  usedBy: string | undefined;
}
interface Message {
  readonly number: number;
  readonly id: MessageId;
  readonly to: Towards;
  /** The opening of the alias it was written under. */
  readonly alias: number;
  readonly floor: 'sealed' | 'clear';
  readonly ways: readonly Candidate[];
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a fixture is not valid');
  return value;
}
const NOTHING: Preferences = { networksOn: [], notOver: [], order: [], removed: [], floor: null };
const IDS = {
  tenant: must(parseTenantId('default')),
  senderAccount: mintAccountId(),
  senderDevice: PRIMARY_DEVICE,
  contactId: mintContactId(),
  conversationId: mintConversationId(),
};
const LASTS_SECONDS = 40;
const HOST = 'messenger.example';

/** Two people, their rules, consent machine, router and the checks before a call, without a database. */
export class Scene {
  private records: readonly [Consent, Consent] = [NO_CONSENT, NO_CONSENT];
  private readonly rules: [Preferences, Preferences] = [NOTHING, NOTHING];
  private number: Consent = NO_CONSENT;
  private linkedUntil = 0;
  /** Openings of the alias, and which is open. */
  private aliases = 0;
  private openAlias: number | undefined;
  private policy: ConsentPolicy = 'ask';
  private isContact = false;
  private isOutside = false;
  private now = 1_000_000;
  private choice: RouteChoice | undefined;
  private readonly statements: Statement[] = [];
  private pending: Message[] = [];
  private count = 0;
  private readonly other: OtherAccount;

  constructor(private readonly parts: Parts) {
    this.other = new OtherAccount(parts, `mimi://${OTHER_HOST}/u/kim`);
  }

  get isGranted(): boolean {
    return this.records[1].standing === 'granted';
  }

  get isGrantedThere(): boolean {
    return this.other.isGranted;
  }

  get standingThere(): string {
    return this.other.standing;
  }

  do(act: Act): Outcome {
    const outcome = this.act(act);
    this.other.pass(this.now);
    return outcome;
  }

  private act(act: Act): Outcome {
    switch (act.kind) {
      case 'request':
      case 'cancel':
      case 'grant':
      case 'revoke': {
        const [own, other] = act.by === 0 ? this.records : [this.records[1], this.records[0]];
        const others = act.by === 0 ? { policy: this.policy, isContact: this.isContact } : undefined;
        const next = this.parts.reducePair({ own, other }, act.kind, others);
        this.records = act.by === 0 ? [next.own, next.other] : [next.other, next.own];
        return QUIET;
      }
      case 'switch':
        return this.change(act.by, { networksOn: toggled(this.rules[act.by].networksOn, act) });
      case 'not-over':
        return this.change(act.by, { notOver: toggled(this.rules[act.by].notOver, act) });
      case 'floor':
        return this.change(act.by, { floor: act.isSealed ? 'sealed' : null });
      case 'order':
        return this.change(1, { order: act.order });
      case 'remove':
        return this.change(0, { removed: toggled(this.rules[0].removed, act) });
      case 'link':
        this.linkedUntil = act.isOn ? this.now + act.forSeconds : 0;
        return QUIET;
      case 'alias':
        if (act.isOn && this.openAlias === undefined) this.openAlias = this.aliases += 1;
        if (!act.isOn) this.openAlias = undefined;
        return QUIET;
      case 'tie':
        this.other.tie(act.isOn ? this.now + act.forSeconds : 0);
        return QUIET;
      case 'other':
        this.other.decide(act.operation);
        return QUIET;
      case 'cross':
        this.other.crossing[act.by] = act.isOn;
        return QUIET;
      case 'know':
        this.isContact = act.isOn;
        return QUIET;
      case 'policy':
        this.policy = act.policy;
        return QUIET;
      case 'move':
        this.isOutside = act.isOutside;
        return QUIET;
      case 'stop':
      case 'start': {
        const operation = act.kind === 'stop' ? 'revoke' : 'grant';
        this.number = this.parts.reducePair({ own: this.number, other: NO_CONSENT }, operation).own;
        return QUIET;
      }
      case 'permit':
        this.sign({ kind: 'conversation', conversationId: IDS.conversationId }, act.networks, act.forSeconds);
        return QUIET;
      case 'take-back':
        for (const statement of this.statements) statement.isRevoked = true;
        return QUIET;
      case 'advance':
        this.now += act.seconds;
        return QUIET;
      case 'send':
        return this.send(act);
      case 'retry':
        return { delivered: this.attemptAll(), shown: [] };
    }
  }

  private change(by: 0 | 1, change: Partial<Preferences>): Outcome {
    this.rules[by] = { ...this.rules[by], ...change };
    return QUIET;
  }

  private send({ to, floor, signs }: Extract<Act, { kind: 'send' }>): Outcome {
    this.count += 1;
    const id = must(parseMessageId(toBase64Url(Buffer.alloc(32, this.count).fill(1, 0, 1))));
    if (to === 'alias' && this.openAlias === undefined) {
      this.signFor(id, signs);
      return { delivered: [], shown: ['not-found'] };
    }
    const candidates = this.candidates(to);
    const asked = { candidates, facts: this.facts(to, floor), current: to === 'alias' ? undefined : this.choice };
    const route = this.parts.chooseRoute(asked, this.parts.vetoes, { isStopped: this.records[1].isStopped });
    const isReachable = to !== 'address' || this.isGranted;
    const shown = [route.kind === 'route' ? `${route.first.key} ${route.ways.length}` : route.reason];
    shown.push(JSON.stringify(explainRoute(route, isReachable)));
    this.signFor(id, signs);
    if (route.kind === 'waiting') return { delivered: [], shown };
    if (route.first.key === this.other.address) this.other.carry();
    if (to !== 'alias') this.choice = { key: route.first.key, order: route.order };
    const message = { number: this.count, id, to, alias: this.openAlias ?? 0, floor, ways: route.ways };
    this.pending.push(message);
    return { delivered: this.attemptAll(), shown };
  }

  private signFor(messageId: MessageId, signs: readonly Clear[]): void {
    if (signs.length > 0) this.sign({ kind: 'message', messageId }, signs, LASTS_SECONDS);
  }

  private attemptAll(): readonly Delivery[] {
    const delivered = this.pending.flatMap((message) => this.attempt(message) ?? []);
    this.pending = this.pending.filter(({ number }) => !delivered.some(({ message }) => message === number));
    return delivered;
  }

  /** As the worker and the edge do it: the plan is kept, everything else is asked again. */
  private attempt(message: Message): Delivery | undefined {
    const { number, floor, to } = message;
    const sealed = message.ways.find(({ confidentiality }) => confidentiality === 'sealed');
    if (sealed) {
      const isLed = sealed.key === this.other.address;
      const [, granted] = this.records;
      const isPermitted = isLed ? this.other.permits(granted) : this.parts.permitsDelivery(granted, 'native');
      return isPermitted ? { network: 'native', message: number, to, floor, isLed, statement: undefined } : undefined;
    }
    const { alias } = message;
    if (to === 'alias' && !this.parts.isThere({ alias, open: this.openAlias })) return undefined;
    const facts = this.facts(to, floor);
    const open = message.ways.filter((way) => objectionsTo(this.asNow(way), facts, this.parts.atDelivery).length === 0);
    for (const { network } of open) {
      const statement = this.statements.find((one) => this.covers(one, message, network));
      if (!statement || !this.parts.permitsDelivery(this.number, 'clear')) continue;
      statement.usedBy = String(message.number);
      return { network, message: number, to, floor, isLed: false, statement: statement.number };
    }
    return undefined;
  }

  private covers(statement: Statement, message: Message, network: string): boolean {
    const facts = { ...IDS, now: this.now, networks: [network], messageId: message.id, deadline: this.now };
    const { isRevoked, usedBy, signed } = statement;
    const by = String(message.number);
    const isConversation = signed.subject.kind === 'conversation';
    return (
      this.parts.checkStatementForm(signed, facts) === 'ok' &&
      this.parts.isUsable({ isRevoked, usedBy: isConversation ? undefined : usedBy, by })
    );
  }

  private sign(subject: DowngradeStatement['subject'], networks: readonly Clear[], forSeconds: number): void {
    const digest = toBytes(new Uint8Array(32));
    this.statements.push({
      number: this.statements.length,
      isRevoked: false,
      usedBy: undefined,
      signed: {
        ...IDS,
        statementId: `s${this.statements.length}`,
        subject,
        addressDigest: digest,
        networks,
        notAfter: this.now + forSeconds,
        previewDigest: digest,
      },
    });
  }

  private get isLinked(): boolean {
    return this.parts.isLinked({ until: this.linkedUntil, now: this.now });
  }

  /** Whether this way leads to the other's account: of a telephone that came through an alias nobody knows whose it is. */
  private leadsToAccount(to: Towards): boolean {
    return this.isGranted && (to === 'address' || (to === 'number' && this.isLinked));
  }

  private facts(to: Towards, floor: 'sealed' | 'clear'): RouteFacts {
    const recipient = this.leadsToAccount(to) ? this.rules[1] : undefined;
    const isGranted = to !== 'address' || this.isGranted;
    return { isGranted, sender: this.rules[0], recipient, floor, isRefusedOutside: true };
  }

  private candidates(to: Towards): readonly Candidate[] {
    const native: Candidate = {
      key: 'native',
      network: 'native',
      confidentiality: 'sealed',
      leavesRegion: [],
      host: HOST,
    };
    const clear = (['rcs', 'sms'] as const).map((network) =>
      this.asNow({ key: network, network, confidentiality: 'clear', leavesRegion: [] }),
    );
    const isNative = this.leadsToAccount(to);
    const isClear = to !== 'address' || (this.isGranted && this.isLinked);
    const sender = { host: HOST, crossNetwork: this.other.crossing[0] };
    const asked = { order: this.rules[1].order, sender };
    const others = isNative ? this.parts.linkedWays(this.other.linked(this.now), asked) : [];
    const known = [...(isNative ? [native] : []), ...others, ...(isClear ? clear : [])];
    return known.length > 0 ? known : [native];
  }

  /** RCS is now run from here, now from elsewhere. */
  private readonly asNow = (way: Candidate): Candidate => ({
    ...way,
    leavesRegion: way.network === 'rcs' && this.isOutside ? ['elsewhere'] : [],
  });
}

const QUIET: Outcome = { delivered: [], shown: [] };

const toggled = (
  names: readonly string[],
  { network, isOn }: { readonly network: string; readonly isOn: boolean },
): readonly string[] => [...names.filter((name) => name !== network), ...(isOn ? [network] : [])];
