import { BlockList, isIP, SocketAddress } from 'node:net';
import { WEEK_MS } from './guard-store.js';
import { NAME_BYTES, Pseudonyms, weekOf, type GuardKeys } from './pseudonyms.js';

const IPV4_BYTES = 4;
const IPV4_NETWORK_BYTES = 3;
const IPV6_NETWORK_BYTES = 6;
const IPV6_GROUPS = 8;
const BYTE = 0x100;

/** Addresses behind which is no network of somebody's: a proxy that was forgotten, or everybody of one carrier (RFC 6890, RFC 6598). */
const NOBODYS = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['224.0.0.0', 3],
] as const)
  NOBODYS.addSubnet(network, bits);

/** What is given to somebody on the internet by IPv6; everything else is local, special or mapped. */
const GLOBAL_IPV6 = new BlockList();
GLOBAL_IPV6.addSubnet('2000::', 3, 'ipv6');

/**
 * The /24 of an IPv4 address or the /48 of an IPv6 one, in hexadecimal: the smallest that are routed by themselves. Undefined for what is no
 * address, and for one that many share or that never leaves a house.
 */
export function networkOfAddress(address: string): string | undefined {
  const ipv4 = unmapped(address);
  if (ipv4 !== undefined)
    return NOBODYS.check(ipv4) ? undefined : `v4 ${hexOf(bytesOfIpv4(ipv4).slice(0, IPV4_NETWORK_BYTES))}`;
  if (isIP(address) !== 6 || address.includes('%') || !GLOBAL_IPV6.check(address, 'ipv6')) return undefined;
  return `v6 ${hexOf(bytesOfIpv6(address).slice(0, IPV6_NETWORK_BYTES))}`;
}

/** An IPv4 address, also one that is written as IPv6 (RFC 4291, 2.5.5.2), as a listener of both kinds sees them. */
function unmapped(address: string): string | undefined {
  if (isIP(address) === 4) return address;
  if (isIP(address) !== 6 || address.includes('%')) return undefined;
  const bytes = bytesOfIpv6(address);
  const isMapped = bytes.slice(0, 10).every((each) => each === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  return isMapped ? bytes.slice(-IPV4_BYTES).join('.') : undefined;
}

const bytesOfIpv4 = (address: string): readonly number[] => address.split('.').map(Number);

/** Node writes an address in its one short form; an IPv4 tail may remain. */
function bytesOfIpv6(address: string): readonly number[] {
  const short = new SocketAddress({ address, family: 'ipv6' }).address.replace(/[\d.]+\.\d+$/, (tail) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytesOfIpv4(tail);
    return `${(a * BYTE + b).toString(16)}:${(c * BYTE + d).toString(16)}`;
  });
  const [head = '', rest] = short.split('::');
  const groups = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));
  const [first, last] = [groups(head), groups(rest ?? '')];
  const between = Array.from({ length: IPV6_GROUPS - first.length - last.length }, () => '0');
  return [...first, ...between, ...last].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [Math.floor(value / BYTE), value % BYTE];
  });
}

const hexOf = (bytes: readonly number[]): string => Buffer.from(bytes).toString('hex');

/** What is kept of the network an account was registered from. */
export interface RegistrationName {
  /** Two names of 12 bytes: under the key of this week, and under that of the week before for who registered then. */
  readonly names: Uint8Array;
  /** When nobody can make either of them any more: 7 to 14 days later. */
  readonly endsAtMs: number;
}

/** Names the network an account is registered from, so that accounts of one network find each other while the keys of their weeks live. */
export class RegistrationNetworks {
  private readonly pseudonyms: Pseudonyms;

  constructor(private readonly keys: GuardKeys & { turn(nowMs: number): Promise<void> }) {
    this.pseudonyms = new Pseudonyms(keys);
  }

  /** Undefined where the address says nothing, see {@link networkOfAddress}. */
  async nameOf(seen: {
    readonly tenant: string;
    readonly address: string;
    readonly atMs: number;
  }): Promise<RegistrationName | undefined> {
    const { tenant, atMs } = seen;
    const network = networkOfAddress(seen.address);
    if (network === undefined) return undefined;
    await this.keys.turn(atMs);
    const week = weekOf(atMs);
    const names = [week, week - 1].map((of) => this.pseudonyms.name(of, tenant, `network ${network}`));
    return {
      names: Buffer.concat(names.map((name) => Buffer.from(name, 'base64'))),
      endsAtMs: (week + 2) * WEEK_MS,
    };
  }
}

/** The names as the guard takes them, `GuardFeatures.clusters`. */
export const clustersIn = (names: Uint8Array): readonly string[] =>
  Array.from({ length: Math.floor(names.length / NAME_BYTES) }, (_, at) =>
    Buffer.from(names.subarray(at * NAME_BYTES, (at + 1) * NAME_BYTES)).toString('base64'),
  );
