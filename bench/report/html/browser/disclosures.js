/** Raw numbers, the download, the theme. */

const view = JSON.parse(document.getElementById('view').textContent);

function tableOf({ title, columns, rows }) {
  const table = document.createElement('table');
  table.createCaption().textContent = title;
  const head = table.createTHead().insertRow();
  for (const { head: text, align } of columns) {
    const cell = head.appendChild(document.createElement('th'));
    cell.scope = 'col';
    cell.className = align;
    cell.textContent = text;
  }
  const body = table.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    row.forEach((text, at) => {
      const cell = line.insertCell();
      cell.className = columns[at].align;
      cell.textContent = text;
    });
  }
  const scroll = document.createElement('div');
  scroll.className = 'scroll';
  scroll.tabIndex = 0;
  scroll.setAttribute('role', 'region');
  scroll.setAttribute('aria-label', title);
  scroll.append(table);
  return scroll;
}

// Made when they are asked for: they are long, and several figures share them.
for (const source of document.querySelectorAll('details[data-raw]')) {
  source.addEventListener('toggle', () => {
    const place = source.querySelector('.raw');
    if (place.childElementCount > 0) return;
    const names = source.dataset.raw.split(' ').filter(Boolean);
    place.append(
      ...names.flatMap((name) =>
        (view.raw[name] ?? []).map((table) =>
          tableOf({ ...table, title: `${name}: ${table.title}` }),
        ),
      ),
    );
  });
}

const kept = document.getElementById('result');
const isWhole = kept.dataset.whole === 'true';
if (!isWhole) {
  const note = ' without its histograms, for which a page has no room: latest.json has them';
  for (const button of document.querySelectorAll('.download')) button.after(note);
}

async function resultBlob() {
  const packed = Uint8Array.from(atob(kept.textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream, { headers: { 'content-type': 'application/json' } }).blob();
}

async function download() {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await resultBlob());
  link.download = isWhole ? 'latest.json' : 'latest-without-histograms.json';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

document.addEventListener('click', ({ target }) => {
  if (target.matches('.download')) download();
  if (target.matches('.copy')) {
    navigator.clipboard?.writeText(target.parentElement.querySelector('.command').textContent);
    target.textContent = 'Copied';
  }
  if (target.matches('.theme')) {
    const { style } = document.documentElement;
    const isDark = style.colorScheme
      ? style.colorScheme === 'dark'
      : matchMedia('(prefers-color-scheme: dark)').matches;
    style.colorScheme = isDark ? 'light' : 'dark';
  }
});

// A link into a disclosure opens it.
const openTarget = () =>
  document.getElementById(location.hash.slice(1))?.closest('details')?.setAttribute('open', '');
addEventListener('hashchange', openTarget);
openTarget();
