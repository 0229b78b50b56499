import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { conversationUri, nativeAddress, parseAddress } from './address.js';

describe('an address', () => {
  it('is a person on a native network', () => {
    expect(parseAddress('mimi://chat.example/u/ada')).toEqual({
      kind: 'native',
      uri: 'mimi://chat.example/u/ada',
      host: 'chat.example',
      handle: 'ada',
    });
  });

  it('has one spelling: host and handle are lower case', () => {
    expect(parseAddress('MIMI://Chat.Example/u/Ada')?.uri).toBe('mimi://chat.example/u/ada');
    expect(nativeAddress('chat.example', 'Ada')?.handle).toBe('ada');
  });

  it.each(['tel:+14155550123', '+14155550123', 'tel:+1-415-555-0123', '+1 (415) 555-0123'])(
    'is a number, as %s',
    (text) => {
      expect(parseAddress(text)).toEqual({ kind: 'phone', uri: 'tel:+14155550123', e164: '+14155550123' });
    },
  );

  it.each([
    '',
    'ada',
    '4155550123',
    'tel:4155550123',
    'tel:+1',
    '+999999999999999999',
    'tel:+14155550123;ext=12',
    '+14155550123 or so',
    '+14155550123abc',
    'tel:+14155550123;isub=1',
    'mimi://chat.example/u/\u212aate',
    'mimi://chat.example/r/room',
    'mimi://chat.example/u/',
    'mimi:///u/ada',
    'mimi://chat.example/u/ada/more',
    'mimi://chat.example/u/ada?x=1',
    'mimi://chat.example/u/-ada',
    'mimi://chat.example/u/ada\n',
    'https://chat.example/u/ada',
  ])('is nothing when it is %j', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it('never throws, and what it reads it reads again from the URI', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'+0123456789 -().;=tel:ext'.split('')), maxLength: 30 });
    const garbage = fc.oneof(
      fc.string({ unit: 'binary' }),
      digits,
      digits.map((tail) => `tel:${tail}`),
      digits.map((tail) => `+${tail}`),
      fc.string({ unit: 'binary' }).map((tail) => `mimi://${tail}`),
      fc.string().map((handle) => `mimi://chat.example/u/${handle}`),
    );
    fc.assert(
      fc.property(garbage, (text) => {
        const address = parseAddress(text);
        if (address !== undefined) expect(parseAddress(address.uri)).toEqual(address);
      }),
      { numRuns: 500 },
    );
  });

  it('of a conversation is a room of the host', () => {
    expect(conversationUri('chat.example', 'r_1')).toBe('mimi://chat.example/r/r_1');
  });
});
