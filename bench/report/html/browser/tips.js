/**
 * Shows the title of a mark at once, and to the arrow keys too. Without this script a browser shows
 * it after a while, to a mouse alone.
 */

const tip = document.getElementById('tip');

/** A pointer means a mark within this many pixels of it. */
const reach = 28;
let active;

/** Texts by mark. The narrow picture has the same marks as the wide one, without titles. */
const texts = new Map();
for (const chart of document.querySelectorAll('.chart')) {
  const narrow = chart.querySelectorAll('.narrow .mark');
  chart.querySelectorAll('.wide .mark').forEach((mark, at) => {
    const title = mark.querySelector('title');
    texts.set(mark, title.textContent);
    texts.set(narrow[at], title.textContent);
    title.remove();
  });
}

function hideTip() {
  active?.classList.remove('active');
  active = undefined;
  tip.hidden = true;
}

function showTip(mark) {
  if (mark === active) return;
  hideTip();
  active = mark;
  mark.classList.add('active');
  tip.textContent = texts.get(mark);
  tip.hidden = false;
  const { left, top, width } = mark.getBoundingClientRect();
  const most = document.documentElement.clientWidth - tip.offsetWidth - 8;
  const at = left + width / 2 - tip.offsetWidth / 2;
  tip.style.left = `${Math.max(8, Math.min(most, at)) + scrollX}px`;
  tip.style.top = `${top - tip.offsetHeight - 8 + scrollY}px`;
}

/** Marks of the width that is shown. */
const marksOf = (chart) =>
  [...chart.querySelectorAll('.mark')].filter((mark) => mark.checkVisibility());

function nearest(chart, { clientX, clientY }) {
  let [best, least] = [undefined, reach];
  for (const mark of marksOf(chart)) {
    const { left, right, top, bottom } = mark.getBoundingClientRect();
    const away = Math.hypot(
      Math.max(left - clientX, 0, clientX - right),
      Math.max(top - clientY, 0, clientY - bottom),
    );
    if (away < least) [best, least] = [mark, away];
  }
  return best;
}

const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function onKey(event) {
  if (event.key === 'Escape') hideTip();
  const step = steps[event.key];
  const marks = marksOf(event.currentTarget);
  if (!step || marks.length === 0) return;
  event.preventDefault();
  const at = marks.indexOf(active);
  const next = at < 0 ? (step > 0 ? 0 : marks.length - 1) : at + step;
  showTip(marks[(next + marks.length) % marks.length]);
}

for (const chart of document.querySelectorAll('.chart')) {
  const { drawing } = chart.dataset;
  chart.tabIndex = 0;
  chart.setAttribute('role', 'group');
  chart.setAttribute('aria-labelledby', `${drawing}-title`);
  chart.setAttribute('aria-description', 'Arrow keys go from mark to mark.');
  const leave = () => {
    if (chart.contains(active)) hideTip();
  };
  chart.addEventListener('pointermove', (event) => {
    const mark = nearest(chart, event);
    if (mark) showTip(mark);
    else leave();
  });
  chart.addEventListener('pointerleave', leave);
  chart.addEventListener('blur', leave);
  chart.addEventListener('keydown', onKey);
}

/** Cells and heads of the board, which a finger points at too. */
for (const cell of document.querySelectorAll('.board [title]')) {
  texts.set(cell, cell.title);
  cell.setAttribute('aria-description', cell.title);
  cell.removeAttribute('title');
  cell.addEventListener('pointerenter', () => showTip(cell));
  cell.addEventListener('click', () => showTip(cell));
  cell.addEventListener('pointerleave', hideTip);
}
