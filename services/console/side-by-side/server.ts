import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { Worker } from 'node:worker_threads';
import { notFound } from '../../core/errors.ts';
import type { HttpRoute } from '../../wire/room.ts';
import { htmlPage, makePage, type WebPage } from '../page.ts';
import type { PageSource } from '../send.ts';
import type { RenderedPage } from './render-worker.ts';
import { sideBySidePath, sourceAsked } from './source-address.ts';

const root = new URL('../../../', import.meta.url);

interface MadePage {
  readonly page: WebPage;
  readonly files: ReadonlySet<string>;
}

async function make(): Promise<MadePage> {
  const worker = new Worker(new URL('./render-worker.ts', import.meta.url));
  const ended = once(worker, 'exit').then(() => {
    throw new Error('Expected the page from its worker, got its end.');
  });
  const [rendered] = await Promise.race([once(worker, 'message'), ended]);
  // It ends after its message, too.
  ended.catch(() => {});
  const { html, files }: RenderedPage = rendered;
  return { page: htmlPage(html), files: new Set(files) };
}

/**
 * Serves the page, which is made when it is first asked for, and the files that it quotes.
 *
 * @param sending makes the listener of a page
 */
export function sideBySideRoute(sending: (source: PageSource) => RequestListener): HttpRoute {
  let made: Promise<MadePage> | undefined;
  const current = (): Promise<MadePage> => {
    made ??= make();
    made.catch(() => {
      made = undefined;
    });
    return made;
  };
  const wholePage = sending(async () => (await current()).page);
  /** At most one for each file that the page quotes; each is read and compressed once. */
  const sources = new Map<string, Promise<WebPage>>();

  /** @throws PaymentsError `not_found` if the page quotes no such file */
  async function sourcePage(file: string): Promise<WebPage> {
    if (!(await current()).files.has(file)) throw notFound('file', file);
    const known = sources.get(file);
    if (known) return known;
    const page = readFile(new URL(file, root)).then((body) =>
      makePage('text/plain; charset=utf-8', body),
    );
    sources.set(file, page);
    page.catch(() => sources.delete(file));
    return page;
  }

  return {
    path: sideBySidePath,
    listener(request, response) {
      const file = sourceAsked(request.url ?? '');
      if (file === undefined) wholePage(request, response);
      else sending(() => sourcePage(file))(request, response);
    },
  };
}
