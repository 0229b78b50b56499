import { describe, expect, it } from '@jest/globals';
import { isTwilioApi, rootFor, twilioRegion } from './twilio-hosts.js';

describe('an API address', () => {
  it.each([
    ['https://api.twilio.com', true, 'us1'],
    ['https://api.dublin.ie1.twilio.com', true, 'ie1'],
    ['https://api.sydney.au1.twilio.com/', true, 'au1'],
    ['http://api.twilio.com', false, 'us1'],
    ['http://127.0.0.1:7402', false, 'us1'],
    ['https://twilio.com.evil.example', false, 'us1'],
    ['https://eviltwilio.com', false, 'us1'],
    ['', false, 'us1'],
  ])('%s is Twilio’s: %s, in %s', (apiUrl, isTwilios, region) => {
    expect([isTwilioApi(apiUrl), twilioRegion(apiUrl)]).toEqual([isTwilios, region]);
  });

  it('of a region leads each API to its host there, any other takes all of them', () => {
    const regional = 'https://api.dublin.ie1.twilio.com';
    expect(rootFor('api.twilio.com', regional)).toBe(regional);
    expect(rootFor('messaging.twilio.com', regional)).toBe('https://messaging.dublin.ie1.twilio.com');
    expect(rootFor('messaging.twilio.com', 'http://127.0.0.1:7402')).toBe('http://127.0.0.1:7402');
  });
});
