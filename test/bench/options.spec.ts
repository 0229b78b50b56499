import { describe, expect, it } from '@jest/globals';
import { parseOptions } from './options.js';

describe('options of the benchmark', () => {
  it('reads lists and numbers, and leaves the others as they are', () => {
    const options = parseOptions(['--only=native,live', '--rates=300,2000', '--minutes=0.5', '--write-docs']);
    expect(options).toMatchObject({ only: ['native', 'live'], rates: [300, 2000], minutes: 0.5, isWritingDocs: true });
    expect(options.sockets).toEqual([1000, 5000]);
  });

  it.each(['--rate=300', '--rates=fast', '--rates=0', '--backends=kafka', 'native', '--write-docs=yes'])(
    'refuses %s',
    (arg) => {
      expect(() => parseOptions([arg])).toThrow();
    },
  );
});
