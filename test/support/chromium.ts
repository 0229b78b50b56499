import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const EXECUTABLE = process.env['CAUSEWAY_CHROMIUM'] ?? '/usr/bin/chromium';

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Whether tests in a browser can run here; says loudly when not, and `CAUSEWAY_REQUIRE_CHROMIUM=1` makes that a failure. */
export function hasChromium(): boolean {
  if (existsSync(EXECUTABLE)) return true;
  const reason = `there is no Chromium at ${EXECUTABLE} (Debian: apt-get install chromium, or CAUSEWAY_CHROMIUM)`;
  if (process.env['CAUSEWAY_REQUIRE_CHROMIUM'] === '1') throw new Error(reason);
  process.stderr.write(`\n*** SKIPPED: the tests in a browser, because ${reason} ***\n\n`);
  return false;
}

export const openChromium = (): Promise<Browser> => chromium.launch({ executablePath: EXECUTABLE, args: ARGS });

/** Where screenshots go, when somebody wants them: `CAUSEWAY_SCREENSHOTS=docs/images` renews those of the documents. */
export const screenshotsFolder = (): string | undefined => process.env['CAUSEWAY_SCREENSHOTS'];
