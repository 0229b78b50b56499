import { expect, it } from '@jest/globals';
import { refuseOldPostgres } from './oldest-postgres.js';

it.each(['150018', '160014'])('refuses a server of version %s, which would read whole hours', (version) => {
  expect(() => refuseOldPostgres(version)).toThrow(/too old/);
});

it.each(['170000', '170010', '180004'])('takes one of version %s', (version) => {
  expect(() => refuseOldPostgres(version)).not.toThrow();
});
