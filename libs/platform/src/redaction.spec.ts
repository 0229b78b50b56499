import { describe, expect, it } from '@jest/globals';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import { errorFields } from './error-fields.js';
import { createLogger } from './logger.js';
import { Plaintext } from './plaintext.js';
import { Secret } from './secret.js';

const CANARY = 'meet me at the pier';

function capture() {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  return { lines, destination };
}

describe('plaintext and secrets', () => {
  it.each([new Plaintext(CANARY), new Secret(CANARY)])('do not print, serialise or inspect: %s', (held) => {
    const printed = [
      String(held),
      JSON.stringify({ held }),
      inspect({ held }, { showHidden: true }),
      format('%s %o %O %j', held, held, held, held),
    ];
    expect(printed.join('\n')).not.toContain(CANARY);
    expect(held.reveal()).toBe(CANARY);
  });

  it('stay redacted through a change of the value', () => {
    expect(inspect(new Plaintext(CANARY).map((text) => text.length))).toBe('[plaintext]');
  });

  it('compare a secret by value', () => {
    expect(new Secret('abc').matches('abc')).toBe(true);
    expect(new Secret('abc').matches('abd')).toBe(false);
  });
});

describe('the logger', () => {
  it('writes the event and the fields of the list', () => {
    const { lines, destination } = capture();
    createLogger({ level: 'info', process: 'gateway' }, destination)
      .for('lanes')
      .info('lane.woken', { laneId: 'l_1', count: 3 });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      process: 'gateway',
      component: 'lanes',
      event: 'lane.woken',
      laneId: 'l_1',
      count: 3,
    });
  });

  it('drops a field that is not in the list, and a value that is not a number or a text', () => {
    const { lines, destination } = capture();
    const smuggled: object = { body: CANARY, to: '+14155550123', reason: { text: CANARY } };
    createLogger({ level: 'info', process: 'edge' }, destination).info('x.happened', smuggled);
    expect(lines).toHaveLength(1);
    expect(lines.join('')).not.toContain(CANARY);
    expect(lines.join('')).not.toContain('+1415');
  });

  it('logs of an error its class, code and frames, never its message', () => {
    const fields = errorFields(Object.assign(new TypeError(CANARY), { code: 'E_BAD' }));
    expect(fields).toMatchObject({ errorName: 'TypeError', code: 'E_BAD' });
    expect(JSON.stringify(fields)).not.toContain(CANARY);
  });

  it('drops a code that is not a short word', () => {
    expect(errorFields(Object.assign(new Error('x'), { code: CANARY })).code).toBeUndefined();
  });

  it('keeps a message of several lines out of the frames', () => {
    expect(errorFields(new Error(`first\n${CANARY}`)).frames).not.toContain(CANARY);
  });
});
