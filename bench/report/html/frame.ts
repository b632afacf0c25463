import type { Result } from '../../result/result.ts';
import type { Table } from '../../result/table.ts';
import type { Drawing, Figure } from './figure.ts';
import { escaped, prose, tableMarkup } from './markup.ts';
import { summaryOf, titleOf } from './picture-table.ts';
import { codeOf, commandOf } from './source-code.ts';

/** Puts figures into markup, and keeps what the browser draws. */
export function createFrame(result: Result) {
  const drawings: Record<string, Drawing> = {};
  const scenarios = new Set<string>();

  const chart = (id: string, drawing: Drawing, title: string): string => {
    drawings[id] = drawing;
    const summary = escaped(summaryOf(drawing));
    return `<figure><figcaption>${prose(title)}</figcaption><div class="chart" data-drawing="${id}" tabindex="0" role="group" aria-label="${summary} Arrow keys go from point to point."></div></figure>`;
  };
  const charts = (id: string, all: readonly Drawing[]): string =>
    all.length === 0
      ? ''
      : `<div class="charts${all.length > 1 ? ' several' : ''}">${all.map((one, at) => chart(`${id}-${at}`, one, titleOf(one))).join('')}</div>`;

  const disclosure = (of: readonly string[], numbers: readonly Table[]): string => {
    for (const scenario of of) scenarios.add(scenario);
    const code = of.flatMap((scenario) => codeOf(result, scenario));
    const { revision } = result.environment;
    return `<details class="source" data-raw="${escaped(of.join(' '))}"><summary>Numbers, code, command</summary>
<p><code class="command">${escaped(commandOf(result, of))}</code> <button type="button" class="copy">Copy</button> <button type="button" class="download">Download the JSON</button></p>
<p>Code measured${revision ? `, at ${escaped(revision.slice(0, 12))}` : ''}: ${[...new Set(code)].map((path) => `<code>${escaped(path)}</code>`).join(', ')}</p>
${numbers.map(tableMarkup).join('')}
<div class="raw"></div></details>`;
  };

  const section = (figure: Figure): string => `<article class="figure" id="${figure.id}">
<h3>${prose(figure.title)}</h3><p>${prose(figure.lead)}</p>
${charts(figure.id, figure.drawings)}
${disclosure(figure.scenarios, [figure.numbers])}</article>`;

  return { charts, disclosure, section, drawings, scenarios };
}

export type Frame = ReturnType<typeof createFrame>;
