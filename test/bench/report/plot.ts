import type { Plot, Series } from '../scenario.js';

const [WIDTH, HEIGHT] = [720, 380];
const AREA = { left: 70, right: 20, top: 40, bottom: 90 };
/** Told apart in grey print and by people who see few colours (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000', '#999999'];
const LEGEND_COLUMNS = 3;

interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Lines over a plain or logarithmic scale, as an SVG of its own that needs no font, script or style from elsewhere. */
export function plotSvg(plot: Plot): string {
  const points = plot.series
    .flatMap(({ points }) => points)
    .filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const x = scaleOf(
    points.map((point) => point.x),
    plot.isLogX ?? false,
    [AREA.left, WIDTH - AREA.right],
  );
  const y = scaleOf(
    points.map((point) => point.y),
    plot.isLogY ?? false,
    [HEIGHT - AREA.bottom, AREA.top],
  );
  const text = (words: string, at: { x: number; y: number; anchor?: string; turn?: string; size?: number }): string =>
    `<text x="${round(at.x)}" y="${round(at.y)}" text-anchor="${at.anchor ?? 'middle'}" font-size="${at.size ?? 12}"${at.turn ? ` transform="${at.turn}"` : ''}>${escaped(words)}</text>`;
  const middle = (AREA.top + HEIGHT - AREA.bottom) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" role="img" aria-label="${escaped(plot.title)}">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(plot.title, { x: WIDTH / 2, y: 22, size: 15 }),
    ...y.ticks.flatMap((tick) => [
      `<line x1="${AREA.left}" x2="${WIDTH - AREA.right}" y1="${round(y.at(tick))}" y2="${round(y.at(tick))}" stroke="#ddd"/>`,
      text(shortNumber(tick), { x: AREA.left - 6, y: y.at(tick) + 4, anchor: 'end' }),
    ]),
    ...x.ticks.map((tick) => text(shortNumber(tick), { x: x.at(tick), y: HEIGHT - AREA.bottom + 16 })),
    `<line x1="${AREA.left}" x2="${WIDTH - AREA.right}" y1="${HEIGHT - AREA.bottom}" y2="${HEIGHT - AREA.bottom}" stroke="#333"/>`,
    text(plot.xLabel, { x: (AREA.left + WIDTH - AREA.right) / 2, y: HEIGHT - AREA.bottom + 34 }),
    text(plot.yLabel, { x: 16, y: middle, turn: `rotate(-90 16 ${middle})` }),
    ...plot.series.map((series, index) => lineOf(series, colourOf(index), x, y)),
    ...plot.series.map(({ name }, index) => legendOf(name, index, text)),
    '</svg>',
    '',
  ].join('\n');
}

const colourOf = (index: number): string => COLOURS[index % COLOURS.length] ?? '#000';

function lineOf({ points }: Series, colour: string, x: Scale, y: Scale): string {
  const drawn = points
    .filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y))
    .map((point) => [round(x.at(point.x)), round(y.at(point.y))] as const);
  const dots =
    drawn.length > 40 ? '' : drawn.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`).join('');
  return `<polyline points="${drawn.map((at) => at.join(',')).join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>${dots}`;
}

function legendOf(
  name: string,
  index: number,
  text: (words: string, at: { x: number; y: number; anchor: string }) => string,
): string {
  const left = AREA.left + (index % LEGEND_COLUMNS) * 215;
  const top = HEIGHT - 36 + Math.floor(index / LEGEND_COLUMNS) * 16;
  return `<rect x="${left}" y="${top - 9}" width="10" height="10" fill="${colourOf(index)}"/>${text(name, { x: left + 15, y: top, anchor: 'start' })}`;
}

function scaleOf(values: readonly number[], isLog: boolean, [from, to]: readonly [number, number]): Scale {
  const usable = isLog ? values.filter((value) => value > 0) : values;
  const most = Math.max(1e-9, ...usable);
  if (isLog) {
    const low = Math.floor(Math.log10(Math.min(most, ...usable)));
    const high = Math.max(low + 1, Math.ceil(Math.log10(most)));
    const ticks = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
    return {
      ticks,
      at: (value) => from + ((Math.log10(Math.max(value, 10 ** low)) - low) / (high - low)) * (to - from),
    };
  }
  const step = niceStep(most / 5);
  const top = Math.ceil(most / step) * step;
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
  return { ticks, at: (value) => from + (value / top) * (to - from) };
}

function niceStep(rough: number): number {
  const unit = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5, 10].find((factor) => factor * unit >= rough) ?? 10) * unit;
}

const round = (value: number): number => Math.round(value * 10) / 10;
const shortNumber = (value: number): string =>
  value >= 1 ? value.toLocaleString('en-GB') : String(Number(value.toPrecision(2)));
