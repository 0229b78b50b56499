import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mintAliasCode, readAliasCode } from './alias-code.js';

describe('the code of an alias', () => {
  it('is read from the front of a text however it was typed, and the rest is what was said', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('', ' ', '\n'),
        fc.constantFrom('', '.', ':', '!'),
        fc.boolean(),
        (before, after, isUpper) => {
          const code = mintAliasCode();
          const typed = (isUpper ? code.toUpperCase() : code).replaceAll('0', 'O').replaceAll('1', 'l');
          expect(readAliasCode(`${before}${typed}${after} Is it still there?`)).toEqual({
            code,
            rest: 'Is it still there?',
          });
        },
      ),
    );
  });

  it.each(['', 'hello there', 'k7pqm2mxd4 hi', 'k7pqm-2mxd4x hi', 'hi k7pqm-2mxd4', 'k7pqm-2mxdu hi'])(
    'is not found in %j',
    (text) => expect(readAliasCode(text)).toBeUndefined(),
  );

  it('alone leaves nothing to say', () => {
    const code = mintAliasCode();
    expect(readAliasCode(code)).toEqual({ code, rest: '' });
  });

  it('never throws, whatever is texted', () => {
    fc.assert(fc.property(fc.string(), (text) => void readAliasCode(text)));
  });
});
