import type { ConsentPolicy } from '@causeway/message-model';
import { OTHER_HOST, type Act, type Side } from './acts.js';
import type { Delivery, Outcome } from './scene.js';

/**
 * The promises P2 and P8 by themselves, written without the router and the consent machine: what was said is kept as it was said, and every
 * message that left is held against it.
 */
export class Judge {
  private isGranted = false;
  private readonly asked: [boolean, boolean] = [false, false];
  private readonly stance: [Stance, Stance] = ['open', 'open'];
  private readonly said = new Map<string, boolean>();
  private readonly permits: {
    networks: readonly string[];
    until: number;
    message: number | undefined;
    isGone: boolean;
  }[] = [];
  private readonly usedFor = new Map<number, number>();
  /** What led to each message: the link of the number, which opening of the alias, and whether it may have been led to the other account. */
  private readonly sent = new Map<
    number,
    { readonly isLinked: boolean; readonly alias: number; readonly mayBeLed: boolean }
  >();
  private linkedUntil = 0;
  private tiedUntil = 0;
  /** What the other account said of the sender itself. */
  private there: 'open' | 'allowed' | 'closed' = 'open';
  private order: readonly string[] = [];
  private aliases = 0;
  private policy: ConsentPolicy = 'ask';
  private messages = 0;
  private now = 0;

  /** What is wrong with what an act led to; undefined when nothing is. */
  faultOf(act: Act, { delivered, shown }: Outcome): string | undefined {
    this.note(act);
    const sent = act.kind === 'send' ? act : undefined;
    if (sent?.to === 'address' && !this.isGranted && shown.length > 0 && shown[0] !== 'consent')
      return 'something was shown before a grant';
    return delivered.map((each) => this.faultIn(each)).find((fault) => fault !== undefined);
  }

  private note(act: Act): void {
    switch (act.kind) {
      case 'request':
      case 'cancel':
      case 'grant':
      case 'revoke':
        return this.consent(act.kind, act.by);
      case 'switch':
      case 'not-over':
        this.said.set(`${act.kind} ${act.by} ${act.network}`, act.isOn);
        return;
      case 'floor':
        this.said.set(`floor ${act.by}`, act.isSealed);
        return;
      case 'remove':
        this.said.set(`remove ${act.network}`, act.isOn);
        return;
      case 'link':
        this.linkedUntil = act.isOn ? this.now + act.forSeconds : 0;
        return;
      case 'alias':
        if (this.said.get('alias') !== act.isOn) this.aliases += 1;
        this.said.set('alias', act.isOn);
        return;
      case 'tie':
        this.tiedUntil = act.isOn ? this.now + act.forSeconds : 0;
        return;
      case 'other':
        this.there = act.operation === 'grant' ? 'allowed' : 'closed';
        return;
      case 'cross':
        this.said.set(`cross ${act.by}`, act.isOn);
        return;
      case 'order':
        this.order = act.order;
        return;
      case 'know':
        this.said.set('know', act.isOn);
        return;
      case 'policy':
        this.policy = act.policy;
        return;
      case 'move':
        this.said.set('move', act.isOutside);
        return;
      case 'stop':
      case 'start':
        this.said.set('stop', act.kind === 'stop');
        return;
      case 'permit':
        this.permits.push({
          networks: act.networks,
          until: this.now + act.forSeconds,
          message: undefined,
          isGone: false,
        });
        return;
      case 'take-back':
        for (const permit of this.permits) permit.isGone = true;
        return;
      case 'advance':
        this.now += act.seconds;
        return;
      case 'send':
        this.messages += 1;
        this.sent.set(this.messages, {
          isLinked: this.now < this.linkedUntil,
          alias: this.aliases,
          mayBeLed: this.now < this.tiedUntil && this.order.includes(OTHER_HOST) && this.said.get('cross 0') === true,
        });
        if (act.signs.length > 0)
          this.permits.push({ networks: act.signs, until: this.now + 40, message: this.messages, isGone: false });
        return;
      case 'retry':
    }
  }

  private consent(kind: 'request' | 'cancel' | 'grant' | 'revoke', by: Side): void {
    const other = by === 0 ? 1 : 0;
    switch (kind) {
      case 'grant':
        if (this.asked[other]) this.isGranted = true;
        this.stance[by] = this.isGranted ? 'open' : 'welcoming';
        return;
      case 'revoke':
        this.stance[by] = 'closed';
        return;
      case 'cancel':
        if (!this.isGranted) this.asked[by] = false;
        return;
      case 'request':
        if (this.isGranted) return;
        if (this.stance[by] === 'closed') this.stance[by] = 'reopened';
        if (by === 0 && !this.asked[0] && this.stance[1] === 'open' && this.isWelcome()) this.isGranted = true;
        this.asked[by] = true;
        if (
          this.stance[other] === 'welcoming' ||
          (this.asked[other] && this.stance[by] !== 'reopened' && this.stance[other] === 'open')
        )
          this.isGranted = true;
    }
  }

  private isWelcome(): boolean {
    return this.policy === 'anyone' || (this.policy === 'contacts' && this.said.get('know') === true);
  }

  private faultIn({ network, message, to, floor, isLed, statement }: Delivery): string | undefined {
    const sent = this.sent.get(message);
    if (isLed) return this.faultInLed(message);
    if (network === 'native') {
      if (to === 'number' && !sent?.isLinked) return 'a number led to somebody who had not linked it';
      if (!this.isGranted) return 'a message reached somebody who had not granted it';
      return this.stance[1] === 'closed' ? 'a message went past a block' : undefined;
    }
    const is = (name: string): boolean => this.said.get(name) === true;
    if (to === 'alias' && (!is('alias') || sent?.alias !== this.aliases)) return 'a message went past a revoked alias';
    if (is('stop')) return 'a message went past STOP';
    if (floor === 'sealed' || is('floor 0')) return 'a clear network carried what had a sealed floor';
    if (!is(`switch 0 ${network}`)) return 'a network carried what its sender had not turned on';
    if (is(`not-over 0 ${network}`) || is(`remove ${network}`)) return 'a network carried what its sender kept off it';
    if (network === 'rcs' && is('move')) return 'it leaves the permitted countries';
    if (to !== 'alias' && this.isGranted && this.now < this.linkedUntil) {
      if (!is(`switch 1 ${network}`)) return 'a network that the recipient had not turned on carried something';
      if (is(`not-over 1 ${network}`) || is('floor 1')) return 'a network carried what its recipient kept off it';
    }
    return this.faultInPermit(statement, { network, message });
  }

  private faultInLed(message: number): string | undefined {
    const sent = this.sent.get(message);
    if (!sent?.mayBeLed) return 'a message was led where no link and order led it';
    if (!this.isGranted) return 'a message was led on without a grant';
    if (this.said.get('cross 1') !== true) return 'a message came from another network to who had not turned that on';
    if (this.there === 'closed') return 'a message went past a block of the other account';
    if (this.there === 'allowed') return undefined;
    if (this.now >= this.tiedUntil) return 'a message went the way of a link that was over';
    return this.stance[1] === 'closed' ? 'a message was led past a block' : undefined;
  }

  private faultInPermit(
    statement: number | undefined,
    { network, message }: { readonly network: string; readonly message: number },
  ): string | undefined {
    const permit = statement === undefined ? undefined : this.permits[statement];
    if (!permit || statement === undefined) return 'nobody had signed for it';
    if (permit.isGone) return 'the permission had been taken back';
    if (this.now >= permit.until) return 'the permission had run out';
    if (!permit.networks.includes(network)) return 'the permission was for another network';
    if (permit.message !== undefined && permit.message !== message) return 'the permission was for another message';
    if (permit.message !== undefined && (this.usedFor.get(statement) ?? message) !== message)
      return 'it was used twice';
    this.usedFor.set(statement, message);
    return undefined;
  }
}

/** `reopened`: closed once, until they asked themselves. */
type Stance = 'open' | 'welcoming' | 'closed' | 'reopened';
