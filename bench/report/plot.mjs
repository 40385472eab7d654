/** A line through points as an SVG that is readable on light and dark pages. */

const WIDTH = 640;
const HEIGHT = 320;
const LEFT = 70;
const RIGHT = 20;
const TOP = 40;
const BOTTOM = 50;

/**
 * @param {{ title: string, x: string, y: string, points: { x: number, y: number }[] }} what
 */
export function plot({ title, x, y, points }) {
  const [maxX, maxY] = [
    Math.max(...points.map((p) => p.x)),
    ceiling(Math.max(...points.map((p) => p.y))),
  ];
  const left = (/** @type {number} */ value) =>
    round(LEFT + (value / (maxX || 1)) * (WIDTH - LEFT - RIGHT));
  const top = (/** @type {number} */ value) =>
    round(HEIGHT - BOTTOM - (value / maxY) * (HEIGHT - TOP - BOTTOM));
  const text = (
    /** @type {number} */ px,
    /** @type {number} */ py,
    /** @type {string} */ anchor,
    /** @type {string} */ content,
  ) => `<text x="${px}" y="${py}" text-anchor="${anchor}">${content}</text>`;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => share * maxY);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">`,
    '<style>text{font:12px sans-serif;fill:#555}path{fill:none;stroke:#2563eb;stroke-width:2}circle{fill:#2563eb}line{stroke:#8884}@media(prefers-color-scheme:dark){text{fill:#bbb}}</style>',
    `<text x="${LEFT}" y="20" style="font-weight:bold">${title}</text>`,
    ...ticks.map(
      (value) => `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${top(value)}" y2="${top(value)}"/>`,
    ),
    ...ticks.map((value) => text(LEFT - 8, top(value) + 4, 'end', value.toLocaleString('en-US'))),
    ...points.map((p) =>
      text(left(p.x), HEIGHT - BOTTOM + 18, 'middle', String(Number(p.x.toPrecision(2)))),
    ),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, 'middle', x),
    text(LEFT - 8, TOP - 8, 'end', y),
    `<path d="M${points.map((p) => `${left(p.x)} ${top(p.y)}`).join('L')}"/>`,
    ...points.map(
      (p) =>
        `<circle cx="${left(p.x)}" cy="${top(p.y)}" r="4"><title>${Math.round(p.y)}</title></circle>`,
    ),
    '</svg>\n',
  ].join('\n');
}

/** The next of 1, 2, 4, 5, 8 times a power of ten. */
function ceiling(/** @type {number} */ value) {
  const power = 10 ** Math.floor(Math.log10(value || 1));
  return ([1, 2, 4, 5, 8].find((n) => n * power >= value) ?? 10) * power;
}

const round = (/** @type {number} */ value) => Math.round(value * 10) / 10;
