/** What a mark says when it is pointed at, or reached by the arrow keys. */

const tip = document.getElementById('tip');

/** Within this many pixels of a mark, it is meant. */
const reach = 28;
let active;

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
  tip.textContent = mark.dataset.tip;
  tip.hidden = false;
  const { left, top, width } = mark.getBoundingClientRect();
  const most = document.documentElement.clientWidth - tip.offsetWidth - 8;
  const at = left + width / 2 - tip.offsetWidth / 2;
  tip.style.left = `${Math.max(8, Math.min(most, at)) + scrollX}px`;
  tip.style.top = `${top - tip.offsetHeight - 8 + scrollY}px`;
}

const marksOf = (chart) => [...chart.querySelectorAll('[data-tip]')];

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
for (const chart of document.querySelectorAll('.chart')) {
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
  chart.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') hideTip();
    const step = steps[event.key];
    const marks = marksOf(chart);
    if (!step || marks.length === 0) return;
    event.preventDefault();
    const at = marks.indexOf(active);
    const next = at < 0 ? (step > 0 ? 0 : marks.length - 1) : at + step;
    showTip(marks[(next + marks.length) % marks.length]);
  });
}
