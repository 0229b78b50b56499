import { DAY_MS, HOUR_MS, type Circumstances, type Sender } from './sender-kind.js';

/** An example for `--attacks`: an office that sends from nine to five, and hurries while nothing happens. */
export const attacks = [
  {
    name: 'office hours',
    what: '20 new people an hour and a tenth more after each that passes, nine to five, for three days; 5 % answer',
    count: 60,
    lastsMs: 3 * DAY_MS,
    wanted: [
      { level: 2, withinRecipients: 20, recall: 0.95 },
      { level: 3, withinRecipients: 50, recall: 0.95 },
    ],
    send: officeHours,
  },
];

function* officeHours({ name, startMs, gapMs, accountAgeMs }: Circumstances): Sender {
  let atMs = startMs;
  let perHour = 20;
  for (let index = 0; atMs < startMs + 3 * DAY_MS; index += 1) {
    const hour = Math.floor((atMs % DAY_MS) / HOUR_MS);
    if (hour < 9) atMs += (9 - hour) * HOUR_MS;
    if (hour >= 17) atMs += (33 - hour) * HOUR_MS;
    const { action } = yield {
      atMs,
      recipient: `${name} ${String(index)}`,
      answer: { probability: 0.05 },
      features: { accountAgeMs: accountAgeMs + (atMs - startMs) },
    };
    if (action === 'deliver') perHour = Math.min(60, perHour * 1.1);
    atMs += gapMs(HOUR_MS / perHour);
  }
}
