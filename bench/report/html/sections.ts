import type { Result } from '../../result/result.ts';
import { cardMarkup, type Judged, unmeasuredMarkup } from './answers.ts';
import { attributionFigures } from './attribution.ts';
import { measuredScenarios } from './contenders.ts';
import type { Contents } from './contents.ts';
import { costMarkup } from './cost.ts';
import type { Figure } from './figure.ts';
import { figureMarkup, picturesMarkup, sourceMarkup } from './frame.ts';
import { curveFigures, percentileFigures } from './latency.ts';
import { crossoverFigures } from './maps.ts';
import { list, prose, tableMarkup } from './markup.ts';
import { pictureTable } from './picture-table.ts';

const answerMarkup = (result: Result, judged: Judged): string => {
  const { picture } = judged.verdict;
  return cardMarkup(
    judged,
    picturesMarkup(`answer-${judged.number}`, picture ? [picture] : []),
    sourceMarkup(result, judged.scenarios, picture ? [pictureTable(picture)] : []),
  );
};

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly body: string;
}

const emptyText = '<p class="empty">Nothing of this was measured in this run.</p>';

/** What the page has below its header, in order. */
export function sectionsOf(result: Result, contents: Contents): Section[] {
  const { judged } = contents;
  const measured = judged.filter(({ verdict }) => verdict.answer !== 'not measured');
  const unmeasured = judged.filter(({ verdict }) => verdict.answer === 'not measured');
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
      id: 'answers',
      title: 'Answers',
      lead: 'What people say, and what this run says. A ratio is of the first to the second, with its 95 % interval over fresh processes; the grey band is how far a contender is from itself.',
      body: `${measured.length === 0 ? emptyText : measured.map((one) => answerMarkup(result, one)).join('\n')}${unmeasuredMarkup(unmeasured)}`,
    },
    {
      id: 'load',
      title: 'Latency against load',
      lead: 'Where each wire bends. Both axes are logarithmic.',
      body: figures(curveFigures(result)),
    },
    {
      id: 'percentiles',
      title: 'Percentiles',
      lead: 'The tail, drawn wide: each step to the right is a call in ten of those before.',
      body: figures(percentileFigures(result)),
    },
    {
      id: 'attribution',
      title: 'Attribution',
      lead: 'What a call costs, taken apart by controls that do less.',
      body: figures(attributionFigures(result)),
    },
    {
      id: 'crossovers',
      title: 'Crossovers',
      lead: 'Where the winner changes. The strip names the best at each point; hatched: its lead is not more than noise. A vertical line is a crossover, its band the 95 % interval.',
      body: figures(crossoverFigures(result)),
    },
    {
      id: 'cost',
      title: 'Cost of a call',
      lead: 'At the rate that is equal for all where there is one, else in the closed loop. The small number is how many times the least of its column; colour says the same, and is full from 8 times.',
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
      id: 'environment',
      title: 'Environment, and how to read this',
      lead: '',
      body: `${list(contents.run)}<h3>How to read this</h3>${list(contents.limits)}`,
    },
  ];
}
