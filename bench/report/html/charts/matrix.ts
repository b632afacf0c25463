import type { MatrixPicture } from '../../../result/picture.ts';
import { escaped } from '../markup.ts';
import { colourOfWire } from './looks.ts';

/** A table of texts. On a phone each row is a list, and each text has its column beside it. */
export function matrixMarkup(id: string, { columns, rows }: MatrixPicture): string {
  const heads = columns.map(
    ({ label, wire }) =>
      `<th scope="col" class="left"><span class="key" style="--wire:${colourOfWire(wire)}"></span>${escaped(label)}</th>`,
  );
  const lines = rows.map(
    ({ label, cells }) =>
      `<tr><th scope="row" class="left"><code>${escaped(label)}</code></th>${cells
        .map(
          (text, at) =>
            `<td class="left" data-column="${escaped(columns[at]?.label ?? '')}">${escaped(text)}</td>`,
        )
        .join('')}</tr>`,
  );
  return `<div class="scroll matrix" tabindex="0" role="region" aria-labelledby="${id}-title"><table><thead><tr><td></td>${heads.join('')}</tr></thead><tbody>${lines.join('')}</tbody></table></div>`;
}
