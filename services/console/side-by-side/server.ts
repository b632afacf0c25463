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
  const [rendered] = await once(worker, 'message');
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

  /** @throws PaymentsError `not_found` if the page quotes no such file */
  async function sourcePage(file: string): Promise<WebPage> {
    if (!(await current()).files.has(file)) throw notFound('file', file);
    return makePage('text/plain; charset=utf-8', await readFile(new URL(file, root)));
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
