import { parentPort } from 'node:worker_threads';
import { renderSideBySide } from './page.ts';
import { sourceAddress } from './source-address.ts';

/** A worker that renders the page, sends it once and exits, so that no call waits for it. */

/** The page, and the files that it links to. */
export interface RenderedPage {
  readonly html: string;
  readonly files: readonly string[];
}

const files = new Set<string>();
const html = renderSideBySide({
  linkOf(file) {
    files.add(file);
    return sourceAddress(file);
  },
  back: { href: '/', text: 'Fivewire' },
});
const page: RenderedPage = { html, files: [...files] };
parentPort?.postMessage(page);
