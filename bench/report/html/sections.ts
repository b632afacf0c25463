import type { Result } from '../../result/result.ts';
import { badge, cardMarkup, type Judged, unmeasuredMarkup } from './answers.ts';
import { attributionFigures } from './attribution.ts';
import { boardMarkup } from './board.ts';
import { chooseMarkup } from './choose.ts';
import { measuredScenarios } from './contenders.ts';
import type { Contents } from './contents.ts';
import { costMarkup } from './cost.ts';
import { crossoverFigures } from './crossovers.ts';
import type { Figure } from './figure.ts';
import { figureMarkup, sourceMarkup } from './frame.ts';
import { trustMarkup } from './header.ts';
import { curveFigures, percentileFigures } from './latency.ts';
import { list, prose, tableMarkup } from './markup.ts';

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly body: string;
  /** Closed until a reader opens it, or a link that leads into it. */
  readonly isFolded?: boolean;
}

/** All answers at a glance. */
const indexMarkup = (judged: readonly Judged[]): string =>
  `<ol class="index">${judged
    .map(
      ({ number, asks, verdict }) =>
        `<li><a href="#q${number}"><span>${prose(asks)}</span>${badge(verdict.answer)}</a></li>`,
    )
    .join('')}</ol>`;

const emptyText = '<p class="empty">This run did not measure any of this.</p>';

/** The first sections: the figures of each wire, what to choose, and the answers. */
function firstSections(result: Result, { judged, board, rate, choices }: Contents): Section[] {
  const measured = judged.filter(({ verdict }) => verdict.answer !== 'not measured');
  const unmeasured = judged.filter(({ verdict }) => verdict.answer === 'not measured');
  const answered = new Map(measured.map(({ number, asks }) => [number, asks]));
  return [
    { id: 'board', title: 'The board', lead: '', body: boardMarkup(board, rate) },
    {
      id: 'choose',
      title: 'When to choose which',
      lead: '',
      body: choices.length === 0 ? emptyText : chooseMarkup(choices, answered),
    },
    {
      id: 'answers',
      title: 'Answers',
      lead: 'Common claims, judged by this run. A range in brackets is the 95 % interval over fresh processes. The grey band is the noise floor: how far two copies of one server are apart.',
      body: `${measured.length === 0 ? emptyText : indexMarkup(measured) + measured.map((one) => cardMarkup(result, one)).join('\n')}${unmeasuredMarkup(result, unmeasured)}`,
    },
  ];
}

/** The other sections, with everything else that was measured. */
function foldedSections(result: Result, contents: Contents): Section[] {
  const figures = (all: readonly Figure[]) =>
    all.map((figure) => figureMarkup(result, figure)).join('\n') || emptyText;
  const cost = measuredScenarios(result.cells).map((scenario) => {
    const tables = costMarkup(result, scenario);
    return tables.length === 0
      ? ''
      : `<article class="card block">${tables.join('')}${sourceMarkup(result, [scenario], [])}</article>`;
  });
  return [
    {
      id: 'load',
      title: 'Latency against load',
      lead: 'How latency grows with the load, up to 110 % of what each process can do. Both axes are logarithmic.',
      body: figures(curveFigures(result)),
    },
    {
      id: 'percentiles',
      title: 'Percentiles',
      lead: 'Latency at a rate that is equal for all. The axis gives each further nine of the percentile the same width.',
      body: figures(percentileFigures(result)),
    },
    {
      id: 'attribution',
      title: 'Attribution',
      lead: 'What each layer of a call costs, by controls that leave layers out.',
      body: figures(attributionFigures(result)),
    },
    {
      id: 'crossovers',
      title: 'Crossovers',
      lead: 'Where the best contender changes. The strip names the best at each point, hatched if its lead is within the noise. A vertical line is a crossover; the band around it is the 95 % interval.',
      body: figures(crossoverFigures(result)),
    },
    {
      id: 'cost',
      title: 'Cost of a call',
      lead: 'At the rate that is equal for all if there is one, otherwise in the closed loop. The small number is the factor over the lowest of the column. The colour shows the same, and is strongest from 8×.',
      body: cost.join('\n') || emptyText,
    },
    {
      id: 'tables',
      title: 'Tables',
      lead: '',
      body: contents.tables
        .map(
          (table) =>
            `<details class="table"><summary>${prose(table.title)}</summary><p>${prose(table.lead)}</p>${tableMarkup(table)}${list(table.notes)}</details>`,
        )
        .join('\n'),
    },
    {
      id: 'trust',
      title: 'Validity and noise',
      lead: '',
      body: trustMarkup(result, contents),
    },
    {
      id: 'environment',
      title: 'Environment, and how to read this',
      lead: '',
      body: `${list(contents.run)}<h3>How to read this</h3>${list(contents.limits)}`,
    },
  ];
}

/** What the page has below its header, in order. */
export const sectionsOf = (result: Result, contents: Contents): Section[] => [
  ...firstSections(result, contents),
  ...foldedSections(result, contents).map((section) => ({ ...section, isFolded: true })),
];
