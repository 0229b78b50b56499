import { describe, expect, it } from '@jest/globals';
import { RegistrationAddress } from './registration-address.js';

const request = (forwarded?: string | string[]) => ({
  socket: { remoteAddress: '198.51.100.1' },
  headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
});

describe('the address of a registration', () => {
  it('is not looked at unless the operator wants it', () => {
    expect(new RegistrationAddress('off').of(request('203.0.113.7'))).toBeUndefined();
  });

  it('is that of the connection, whatever a header says', () => {
    expect(new RegistrationAddress('connection').of(request('203.0.113.7'))).toBe('198.51.100.1');
  });

  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['192.0.2.1, 203.0.113.7', '203.0.113.7'],
    ['192.0.2.1,203.0.113.7 ', '203.0.113.7'],
    [['192.0.2.1', '192.0.2.2, 203.0.113.7'], '203.0.113.7'],
    ['203.0.113.7,', ''],
    ['', ''],
  ])('behind a proxy is the one that it added last: of %p %p', (forwarded, address) => {
    expect(new RegistrationAddress('forwarded').of(request(forwarded))).toBe(address);
  });

  it('behind a proxy is none without the header: never that of the proxy', () => {
    expect(new RegistrationAddress('forwarded').of(request())).toBeUndefined();
  });
});
