import { randomBytes } from 'node:crypto';
import type { Findable, LinkDescription } from '@causeway/api-contract';
import {
  CausewayError,
  decodeCbor,
  encodeCbor,
  fromBase64Url,
  lifetimeOf,
  parseAddress,
  toBase64Url,
  toBytes,
} from '@causeway/message-model';
import { encodeAccountLink, parseAccountLink, signAccountLink } from '@causeway/signal-protocol';
import { phoneOf } from './contact-book.js';
import { withSealedNumber } from './contacts.js';
import { nowSeconds, type DeviceContext } from './device-context.js';
import type { EdgeTrust } from './edge-trust.js';
import { tenantOf } from './sessions.js';

/** A code is on its way by SMS; `prove` takes it together with this. */
export interface LinkChallenge {
  readonly challenge: string;
  readonly expiresAt: string;
}

/** A number or another account of the same person. */
export type Link = Omit<LinkDescription, 'address'> & { readonly address?: string };

/** What a person links with an account, and who may find them by it. `device.links`. Everything is off until they turn it on. */
export class Links {
  constructor(
    private readonly context: DeviceContext,
    private readonly edge: EdgeTrust,
  ) {}

  async list(): Promise<readonly Link[]> {
    const { links } = await this.context.api.links();
    return links.map(({ address, ...link }) => ({
      ...link,
      ...(address === undefined ? {} : { address: address.uri }),
    }));
  }

  /** Has a one-time code texted to the number. Only the edge sees it. Throws `ProblemError` (`rate-limited`). */
  linkNumber(number: string): Promise<LinkChallenge> {
    const e164 = phoneOf(number).slice('tel:'.length);
    return withSealedNumber(this.context, this.edge, { e164, call: this.context.api.beginLink });
  }

  /** With the code that arrived. The number is linked for a year, and nobody can find this person by it before `setFindable`. */
  async prove({ challenge }: Pick<LinkChallenge, 'challenge'>, code: string): Promise<void> {
    await this.context.api.proveLink(challenge, code);
  }

  /**
   * Offers this account to another one of the same person: text for a device of that account, good for a quarter of an hour. Once it is
   * accepted there, people whom that account granted can be led to this one.
   */
  async offerAccount(address: string): Promise<string> {
    const linked = parseAddress(address);
    if (linked?.kind !== 'native') throw new CausewayError('invalid-address');
    const self = this.context.own.current;
    const createdAt = nowSeconds(this.context);
    const document = encodeAccountLink({
      tenant: tenantOf(self),
      account: self.account,
      accountKey: self.accountKey,
      device: self.deviceId,
      address: self.address,
      linkedAddress: linked.uri,
      createdAt,
      notAfter: createdAt + lifetimeOf('links').ms / 1000,
      nonce: toBytes(randomBytes(16)),
    });
    return toBase64Url(encodeCbor([document, signAccountLink(document, self.identityPrivateKey)]));
  }

  /**
   * Accepts an offer that the person made on a device of their other account, and answers with its address: those whom this account granted
   * are shown the link, and may be led there by this account's order. Throws when it was made for somebody else.
   */
  async acceptAccount(offer: string): Promise<string> {
    const { document, offered } = readOffer(offer);
    const self = this.context.own.current;
    const link = parseAccountLink(document);
    if (!link || link.linkedAddress !== self.address) throw new Error('this offer is not for this account');
    const accepted = signAccountLink(document, self.identityPrivateKey);
    await this.context.api.linkAccounts({ document, offered, accepted });
    return link.address;
  }

  /** Who may find this person by a linked number: nobody (as it begins), people whose number they have, or everyone. */
  async setFindable({ link }: Pick<Link, 'link'>, by: Findable): Promise<void> {
    await this.context.api.setFindable(link, by);
  }

  /** At once; nothing of it is kept. */
  async revoke({ link }: Pick<Link, 'link'>): Promise<void> {
    await this.context.api.revokeLink(link);
  }

  /** Whether people of the other native networks here may write to this account, and it to them. */
  async setCrossNetwork(isOn: boolean): Promise<void> {
    await this.context.api.setCrossNetwork(isOn);
  }
}

function readOffer(text: string) {
  const bytes = fromBase64Url(text.trim());
  const fields: unknown = bytes && decoded(bytes);
  const [document, offered] = listed(fields);
  if (document instanceof Uint8Array && offered instanceof Uint8Array)
    return { document: toBytes(document), offered: toBytes(offered) };
  throw new Error('this is not an offer to link accounts');
}

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function decoded(bytes: Uint8Array): unknown {
  try {
    return decodeCbor(bytes);
  } catch {
    return undefined;
  }
}
