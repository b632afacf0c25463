import { hash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
// Yoga's package contains the page with all that it needs, so nothing is loaded from a CDN.
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';

/** A worker that builds the page of GraphiQL, sends it once and exits, which frees the memory. */

/** The page as it is sent. */
export interface GraphiqlPage {
  readonly gzipped: Uint8Array<ArrayBuffer>;
  /** SHA-256 of its script, for `Content-Security-Policy`. */
  readonly scriptHash: string;
}

const html = renderGraphiQL(workerData);
const script = /<script>(.*?)<\/script>/s.exec(html)?.[1] ?? '';
const page: GraphiqlPage = {
  gzipped: new Uint8Array(gzipSync(html)),
  scriptHash: hash('sha256', script, 'base64'),
};
parentPort?.postMessage(page, [page.gzipped.buffer]);
