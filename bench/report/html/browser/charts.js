import { drawLines } from './lines.js';
import { drawBars, drawRatios, drawStack } from './rows.js';

/**
 * Draws what the page was given. It computes no figure: places, and texts of numbers, are all.
 * Each mark carries the numbers that it stands for (data-x, data-y), and its text for the tip.
 */
const view = JSON.parse(document.getElementById('view').textContent);
const drawers = { ratios: drawRatios, bars: drawBars, stack: drawStack, lines: drawLines };

function draw(holder) {
  const width = Math.floor(holder.clientWidth);
  if (width === 0 || holder.dataset.width === String(width)) return;
  holder.dataset.width = String(width);
  const picture = view.drawings[holder.dataset.drawing];
  const parts = drawers[picture.kind](picture, width);
  for (const svg of parts.filter((part) => part instanceof SVGElement)) {
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', holder.getAttribute('aria-label').replace(/ Arrow keys.*/, ''));
  }
  holder.replaceChildren(...parts);
}

const observer = new ResizeObserver((entries) => {
  for (const { target } of entries) draw(target);
});
for (const holder of document.querySelectorAll('.chart')) {
  draw(holder);
  observer.observe(holder);
}
