import * as Plot from '@observablehq/plot';
import type { Winner } from '../figure.ts';
import { type Across, margins } from './axes.ts';
import { colourOfWire, hatched } from './looks.ts';
import { letter } from './numbers.ts';
import { svgMarkup, tagged } from './svg.ts';

/** A strip that names the best contender at each place of an axis. */

interface Stretch extends Winner {
  readonly from: number;
  readonly to: number;
  /** Places of the axis that the run covers. */
  readonly places: readonly number[];
}

/** Each winner's part of the axis reaches half-way to its neighbours; equal ones are one run. */
function stretchesOf(winners: readonly Winner[], { domain, place, valueAt }: Across): Stretch[] {
  const between = (a: Winner | undefined, b: Winner | undefined) =>
    a && b && valueAt((place(a.x) + place(b.x)) / 2);
  const stretches: Stretch[] = [];
  winners.forEach((winner, at) => {
    const to = between(winner, winners[at + 1]) ?? domain[1];
    const last = stretches.at(-1);
    if (last?.label === winner.label && last.isShown === winner.isShown) {
      stretches[stretches.length - 1] = { ...last, to, places: [...last.places, winner.x] };
    } else {
      stretches.push({ ...winner, from: last?.to ?? domain[0], to, places: [winner.x] });
    }
  });
  return stretches;
}

const tipOf = ({ label, isShown }: Stretch): string =>
  `Best: ${label}${isShown ? '' : ', no difference shown'}`;

export function drawWinners(winners: readonly Winner[], across: Across): string {
  const { width, options, place, valueAt } = across;
  const stretches = stretchesOf(winners, across);
  const wide = stretches.filter(
    ({ from, to, label }) => place(to) - place(from) > label.length * letter + 8,
  );
  return svgMarkup(
    {
      ...margins,
      width,
      height: 42,
      marginTop: 4,
      marginBottom: 20,
      x: { ...options, axis: null },
      y: { axis: null, domain: [0, 1] },
      marks: [
        Plot.rect(
          stretches,
          tagged(
            {
              x1: 'from',
              x2: 'to',
              y1: 0,
              y2: 1,
              insetLeft: 1,
              insetRight: 1,
              fill: ({ wire, isShown }: Stretch) => (isShown ? colourOfWire(wire) : hatched(wire)),
              stroke: ({ wire }: Stretch) => colourOfWire(wire),
              title: tipOf,
            },
            (at) => ({ best: stretches[at]?.label, xs: stretches[at]?.places.join(' ') }),
          ),
        ),
        Plot.text(wide, {
          x: ({ from, to }: Stretch) => valueAt((place(from) + place(to)) / 2),
          frameAnchor: 'bottom',
          dy: 15,
          text: 'label',
        }),
      ],
    },
    { role: 'img', 'aria-label': `${stretches.map(tipOf).join('; ')}.` },
  );
}
