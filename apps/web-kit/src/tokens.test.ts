import { expect, test } from 'vitest';
import css from './tokens.css?raw';

const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [
    name,
    [light, dark],
  ]),
);

const grounds = ['bg', 'surface', 'sunken'];
const texts: [string, string[]][] = [
  ['ink', [...grounds, 'accent-soft', 'bronze-soft', 'warn-soft', 'bad-soft']],
  ['muted', [...grounds, 'accent-soft', 'bronze-soft']],
  ['accent', [...grounds, 'accent-soft']],
  ['on-accent', ['accent', 'accent-hover']],
  ['bronze', [...grounds, 'bronze-soft']],
  ['good', grounds],
  ['warn', grounds],
  ['bad', [...grounds, 'bad-soft']],
];
const borders: [string, string[]][] = [['control', grounds]];

for (const [theme, at] of [
  ['light', 0],
  ['dark', 1],
] as const)
  for (const [pairs, least] of [
    [texts, 4.5],
    [borders, 3],
  ] as const)
    for (const [on, unders] of pairs)
      for (const under of unders)
        test(`${theme}: ${on} on ${under} is at least ${least}:1`, () => {
          expect(contrast(tokens.get(on)?.[at], tokens.get(under)?.[at])).toBeGreaterThanOrEqual(least);
        });

/** The contrast ratio of WCAG 2.2. */
function contrast(a = '#000000', b = '#000000'): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map(at => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
