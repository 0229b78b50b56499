import { afterEach, describe, expect, it } from '@jest/globals';
import type { Device } from '@causeway/client';
import { issueToken, makeIssuerKey, tokenKeyOf } from '@causeway/privacy-pass';
import { CausewayCommand } from '../support/causeway-command.js';
import { must } from '../support/in-process.js';
import { eventually, PASSPHRASE, World } from '../support/world.js';

const OPERATOR_TOKEN = 'operator-of-this-test';
/** A little more than the pause that the first level asks for. */
const STEP_MS = 31_000;
const MOST_STRANGERS = 120;

let world: World | undefined;
let aheadMs = 0;
afterEach(async () => {
  await world?.close();
  aheadMs = 0;
}, 30_000);

/** Somebody who has written to so many strangers that the next one is held, and by which decision. */
async function held(at: World, name: string): Promise<{ readonly device: Device; readonly decision: string }> {
  const device = await at.register(name);
  let last: string | undefined;
  device.on('limited', ({ decision }) => (last = decision));
  for (let stranger = 0; stranger < MOST_STRANGERS; stranger += 1) {
    last = undefined;
    await device.send(`mimi://causeway.local/u/${name}-wants-${stranger}`, 'hello');
    if (last !== undefined && (await device.limits.challenges(last)).length > 0) return { device, decision: last };
    await at.moveClock((aheadMs += STEP_MS));
    // processes look at the clock ten times a second
    await new Promise((resolve) => setTimeout(resolve, 120));
  }
  throw new Error('nothing was held');
}

describe('what the spam guard holds', () => {
  it('a person sees, passes with a voucher, has approved, or appeals, all from the command line', async () => {
    const at = (world = await World.start({ hasClock: true, env: { CAUSEWAY_OPERATOR_TOKEN: OPERATOR_TOKEN } }));
    const operator = (...args: readonly string[]) =>
      CausewayCommand.run(['operator', ...args, '--gateway', at.gatewayUrl], {
        CAUSEWAY_OPERATOR_TOKEN: OPERATOR_TOKEN,
      });
    const as =
      (name: string) =>
      (...args: readonly string[]) =>
        CausewayCommand.run([...args, '--device', at.deviceFolder(name)], { CAUSEWAY_CLI_PASSPHRASE: PASSPHRASE });

    const [tess, theo, tara] = ['tess', 'theo', 'tara'].map(as).map(must);
    const decisions = new Map<string, string>();
    for (const name of ['tess', 'theo', 'tara']) {
      const { device, decision } = await held(at, name);
      decisions.set(name, decision);
      await device.close();
    }
    const decisionOf = (name: string): string => must(decisions.get(name));

    const shown = await must(tess)('limits');
    expect(shown.status).toBe(0);
    expect(shown.output).toContain(decisionOf('tess'));
    expect(shown.output).toMatch(/it says +You wrote to \d+ new people .* Your conversations go on as before\./);

    const made = await operator('vouchers', '--count', '1');
    expect(made.status).toBe(0);
    const voucher = must(made.output.split('\n')[0]).trim();
    const passed = await must(tess)('pass', decisionOf('tess'), '--voucher', voucher);
    expect(passed).toMatchObject({ status: 0, output: expect.stringMatching(/decision +passed/) });
    const again = await must(theo)('pass', decisionOf('theo'), '--voucher', voucher);
    expect(again.status).not.toBe(0);

    expect((await must(theo)('pass', decisionOf('theo'))).output).toMatch(/decision +asked/);
    const queue = await operator('decisions');
    expect(queue.output).toContain(decisionOf('theo'));
    expect(queue.output).not.toContain('wants');
    expect((await operator('approve', decisionOf('theo'))).output).toMatch(/decision +passed/);

    expect((await must(tara)('appeal', decisionOf('tara'), '--grounds', 'mistake')).output).toMatch(
      /decision +appealed/,
    );
    expect((await operator('decisions')).output).toMatch(/level \d +appealed: mistake/);
    expect((await operator('lift', decisionOf('tara'))).output).toMatch(/decision +lifted/);
    expect((await operator('lift', 'nonsense')).status).not.toBe(0);
    expect((await operator('spending')).output).toContain('None: no message went to a telephone.');
  }, 180_000);

  it('is let go by the token of another issuer, which the gateway never asks, and by no voucher of its own', async () => {
    const issuer = makeIssuerKey();
    const key = tokenKeyOf(issuer);
    const at = (world = await World.start({
      hasClock: true,
      env: {
        CAUSEWAY_TOKEN_ISSUER: 'issuer.example',
        CAUSEWAY_TOKEN_ISSUER_KEY: Buffer.from(key.spki).toString('base64url'),
      },
    }));
    const { device, decision } = await held(at, 'tim');
    const pending = await device.limits.beginToken(decision);
    expect(pending.issuer).toBe('issuer.example');
    const passed = await pending.finish(must(issueToken(issuer, key, Buffer.from(pending.request))));
    expect(passed.state).toBe('passed');
    await expect(device.limits.passWithVoucher(decision, 'any')).rejects.toThrow();
    expect((await fetch(`${at.gatewayUrl}/.well-known/private-token-issuer-directory`)).status).toBe(404);
    await eventually(async () => {
      const { state } = await device.send('mimi://causeway.local/u/somebody-else', 'hello');
      await at.moveClock((aheadMs += STEP_MS));
      return state.kind === 'waiting-on-sender';
    });
  }, 120_000);
});
