import { readFile, stat } from 'node:fs/promises';
import { htmlPage, layOut, type WebPage } from './page.ts';
import type { PageSource } from './send.ts';

const missingPage = (): WebPage => {
  const html = layOut({
    title: 'No report yet',
    at: '/report',
    main: `<h1>No report yet</h1>
<p>This page shows the last complete run of the bench. A run takes about 5 minutes:</p>
<pre><code>npm run bench</code></pre>`,
  });
  return htmlPage(html);
};

/**
 * A page that the bench wrote, which may run its own scripts and no others. `compare.html` beside
 * it has another address here.
 */
const asWritten = (html: string): WebPage =>
  htmlPage(html.replaceAll('href="compare.html', 'href="/compare'), {
    sources: { styles: ["'unsafe-inline'"], images: ['blob:'] },
  });

/** Serves the page of the last complete run, and reads it again if it has changed. */
export function createReportSource(path: string | URL): PageSource {
  let nothing: WebPage | undefined;
  let last: { readonly version: string; readonly page: Promise<WebPage> } | undefined;
  return async () => {
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile()) {
      nothing ??= missingPage();
      return nothing;
    }
    const version = `${found.mtimeMs} ${found.size}`;
    if (last?.version !== version) {
      const page = readFile(path, 'utf8').then(asWritten);
      const made = { version, page };
      last = made;
      page.catch(() => {
        if (last === made) last = undefined;
      });
    }
    return last.page;
  };
}
