/** Copies one answer: as Markdown, and as an image of its picture. */

const card = (button) => button.closest('.answer');
const textOf = (element) => element.textContent.trim().replaceAll(/\s+/g, ' ');

function markdownTable(table) {
  const rowOf = (row) => [...row.cells].map((cell) => textOf(cell).replaceAll('|', '\\|'));
  const [head, ...rows] = [...table.rows].map(rowOf);
  const rule = [...table.rows[0].cells].map((cell) => (cell.matches('.left') ? ':--' : '--:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function markdownOf(answer) {
  const tables = [...answer.querySelectorAll('.source table')].map((table) =>
    [table.caption && textOf(table.caption), markdownTable(table)].filter(Boolean).join('\n\n'),
  );
  return [
    `### ${textOf(answer.querySelector('h3'))}`,
    textOf(answer.querySelector('.verdict')),
    ...tables,
    `\`${textOf(answer.querySelector('.command'))}\``,
    answer.dataset.origin,
  ].join('\n\n');
}

/** An element whose colour the browser computes, also of `light-dark()`. */
const probe = document.createElement('span');
probe.hidden = true;
document.body.append(probe);

/** The markup with each `var(--name)` as the colour that it has now. */
const coloured = (markup) =>
  markup.replaceAll(/var\(--[\w-]+\)/g, (name) => {
    probe.style.color = name;
    return getComputedStyle(probe).color;
  });

const canvas = document.createElement('canvas');
const pen = canvas.getContext('2d');
const font = 'system-ui, sans-serif';
const width = 640;
const margin = 24;

/** Words in lines that fit into the image. */
function linesOf(text, size, weight) {
  pen.font = `${weight} ${size}px ${font}`;
  const lines = [''];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (pen.measureText(longer).width <= width - 2 * margin) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** An image in SVG that grows downwards. */
function sheet() {
  const parts = [];
  let y = margin;
  const escaped = (text) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const put = (markup, x, [partWidth, height]) =>
    parts.push(`<svg x="${x}" y="${y}" width="${partWidth}" height="${height}" ${markup}`);
  return {
    text(words, size, { weight = 400, colour = 'var(--ink)' } = {}) {
      for (const line of linesOf(words, size, weight)) {
        y += size * 1.4;
        parts.push(
          `<text x="${margin}" y="${y - size * 0.4}" font-size="${size}" font-weight="${weight}" fill="${colour}">${escaped(line)}</text>`,
        );
      }
    },
    space(height) {
      y += height;
    },
    /** A legend, in rows. */
    legend(items) {
      let x = margin;
      pen.font = `400 12px ${font}`;
      for (const item of items) {
        const label = textOf(item);
        const key = item.querySelector('svg');
        const taken = 36 + pen.measureText(label).width + 16;
        if (x + taken > width - margin && x > margin) {
          x = margin;
          y += 20;
        }
        put(innerOf(key), x, [28, 12]);
        parts.push(
          `<text x="${x + 34}" y="${y + 10}" font-size="12" fill="var(--ink)">${escaped(label)}</text>`,
        );
        x += taken;
      }
      y += 24;
    },
    drawing(svg) {
      const { width: drawn, height } = svg.viewBox.baseVal;
      put(innerOf(svg), (width - drawn) / 2, [drawn, height]);
      y += height;
    },
    end() {
      const height = Math.ceil(y + margin);
      const patterns = document.querySelector('.patterns')?.innerHTML ?? '';
      const markup = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="${font}"><defs>${patterns}</defs><rect width="100%" height="100%" fill="var(--card)"/>${parts.join('')}</svg>`;
      return { height, markup: coloured(markup) };
    },
  };
}

/** What stands in a picture, with what the page says by its style sheet. */
const innerOf = (svg) =>
  `viewBox="${svg.getAttribute('viewBox')}" color="var(--soft)" fill="currentColor" font-size="12" text-anchor="middle" overflow="visible">${svg.innerHTML}</svg>`;

function imageOf(answer) {
  const image = sheet();
  image.text(textOf(answer.querySelector('h3')), 20, { weight: 700 });
  image.space(4);
  image.text(textOf(answer.querySelector('.verdict')), 15);
  image.space(16);
  image.text(textOf(answer.querySelector('figcaption')), 13, { weight: 600 });
  image.space(8);
  const legend = [...answer.querySelectorAll('.legend li')];
  if (legend.length > 0) image.legend(legend);
  for (const svg of answer.querySelectorAll('.wide svg')) image.drawing(svg);
  image.space(12);
  image.text(answer.dataset.origin, 11, { colour: 'var(--soft)' });
  return image.end();
}

/** Twice as many pixels as the screen of a plain display needs. */
const density = 2;

async function pngOf(answer) {
  const { height, markup } = imageOf(answer);
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(markup)}`;
  await image.decode();
  canvas.width = width * density;
  canvas.height = height * density;
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}

function download(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

async function copyImage(answer) {
  const blob = pngOf(answer);
  try {
    // A promise, because a browser may forget the click while the image is drawn.
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
    return 'Copied';
  } catch {
    download(await blob, `fivewire-${answer.id}.png`);
    return 'Downloaded';
  }
}

async function copyMarkdown(answer) {
  await navigator.clipboard.writeText(markdownOf(answer));
  return 'Copied';
}

function offer(buttons, work) {
  for (const button of buttons) {
    const { textContent: name } = button;
    button.hidden = false;
    button.addEventListener('click', async () => {
      button.textContent = await work(card(button)).catch(() => 'Not copied');
      setTimeout(() => {
        button.textContent = name;
      }, 2000);
    });
  }
}

if (navigator.clipboard) offer(document.querySelectorAll('.as-markdown'), copyMarkdown);
offer(
  [...document.querySelectorAll('.as-image')].filter((button) =>
    card(button).querySelector('.wide svg'),
  ),
  copyImage,
);
