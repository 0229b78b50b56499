import { describe, expect, it } from '@jest/globals';
import { weakerSupport } from './capabilities.js';
import { hopReceipt, type Hop } from './hop-receipt.js';
import { messageIdFromBytes } from './ids.js';

const native: Hop = {
  leg: 'native',
  network: 'native',
  isSimulated: false,
  readableBy: ['sender', 'recipient'],
  region: 'eu',
  copyLifetimeSeconds: 'until-acknowledged',
  trust: 'first-use',
};
const sms: Hop = {
  leg: 'clear',
  network: 'sms',
  isSimulated: true,
  readableBy: ['sender', 'edge', 'carrier', 'recipient'],
  region: 'eu',
  copyLifetimeSeconds: 'unknown',
};

describe('a hop receipt', () => {
  const id = messageIdFromBytes(Uint8Array.of(1, ...new Uint8Array(31)));
  if (id === undefined) throw new Error('not an id');

  it('is sealed when only the two ends could read at every hop', () => {
    expect(hopReceipt(id, [native])).toEqual({ messageId: id, confidentiality: 'sealed', hops: [native] });
  });

  it('is clear as soon as one hop is', () => {
    expect(hopReceipt(id, [native, sms]).confidentiality).toBe('clear');
  });
});

describe('the support of a route', () => {
  it('is that of its weaker network', () => {
    expect(weakerSupport('full', 'partial')).toBe('partial');
    expect(weakerSupport('rejected', 'dropped')).toBe('rejected');
  });
});
