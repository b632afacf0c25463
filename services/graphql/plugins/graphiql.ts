import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { GraphiQLOptions } from 'graphql-yoga';
import type { Allowance } from '../../core/limiter.ts';
import { createTokenBuckets } from '../../core/token-bucket.ts';
import { networkOf } from '../../wire/address.ts';
import { preferenceOf, rangesOf } from '../../wire/http/accept.ts';
import { requestIdOf } from '../../wire/request-id.ts';
import type { GraphiqlPage } from '../graphiql-page.ts';
import type { HttpHost } from '../host.ts';
import { requireReader } from '../responses.ts';
import type { RoomPlugin, ServerContext } from './context.ts';

interface Page {
  readonly html: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Pages for one address: each is megabytes, to a client that nobody knows. */
const allowance: Allowance = { ratePerSecond: 1, burst: 10 };

/** GraphiQL's own text would introduce this server as an editor. */
const exampleQuery = `# Replace YOUR_KEY under Headers, then run this.
{
  payments(first: 3, status: PARTIALLY_REFUNDED) {
    nodes {
      id
      amount
      customer { name }
      refunds { nodes { amount } }
    }
  }
}
`;

const options: GraphiQLOptions = {
  title: 'Fivewire',
  defaultQuery: exampleQuery,
  headers: '{\n  "authorization": "Bearer YOUR_KEY"\n}',
  defaultEditorToolsVisibility: 'headers',
  // The key is not kept in the browser.
  shouldPersistHeaders: false,
};

async function makePage(): Promise<Page> {
  const file = new URL('../graphiql-page.ts', import.meta.url);
  const worker = new Worker(file, { workerData: options });
  const [made] = await once(worker, 'message');
  const { gzipped, scriptHash }: GraphiqlPage = made;
  const policy = [
    "default-src 'none'",
    // The script of the page, and the workers that it makes of its own text.
    `script-src 'sha256-${scriptHash}' blob:`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    html: gzipped,
    headers: {
      'content-encoding': 'gzip',
      'content-security-policy': policy.join('; '),
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
  };
}

/** Whether a person looks at the response, in a browser: all of those read gzip. */
function isForPerson(headers: Headers): boolean {
  const ranges = rangesOf(headers.get('accept') ?? '');
  const html = preferenceOf(ranges, 'text/html').quality;
  return (
    html > 0 &&
    html >= preferenceOf(ranges, 'application/json').quality &&
    /\bgzip\b/i.test(headers.get('accept-encoding') ?? '') &&
    // A request with a key is one of a program, whatever it accepts.
    !headers.has('authorization')
  );
}

type GraphiqlHost = Pick<HttpHost, 'introspection' | 'addressOf' | 'readMs' | 'report'>;

/**
 * Yoga's `graphiql` and `renderGraphiQL`: the page for a person who opens `/graphql` in a browser.
 * If the page cannot be made, the request gets the response of a program.
 *
 * @param make is called when a browser first asks: the page is nine megabytes, compressed a quarter
 */
export function createGraphiql(
  { introspection, addressOf, readMs, report }: GraphiqlHost,
  make: () => Promise<Page> = makePage,
) {
  let page: Promise<Page> | undefined;
  const addresses = createTokenBuckets(() => performance.now());

  const pageOf = (): Promise<Page> => {
    page ??= make();
    return page;
  };

  async function graphiql(
    { headers }: Request,
    { req, res }: Pick<ServerContext, 'req' | 'res'>,
  ): Promise<false | GraphiQLOptions> {
    if (!introspection || !isForPerson(headers)) return false;
    const bucket = { id: networkOf(addressOf(req) ?? ''), ...allowance };
    if (!(await addresses.take([bucket], 1)).allowed) return false;
    try {
      requireReader(res, (await pageOf()).html.length, readMs);
      return options;
    } catch (thrown) {
      // Yoga would answer with the error and its stack.
      report(thrown);
      page = undefined;
      return false;
    }
  }

  /** Lets the page run what it brings, and nothing else. */
  const headersOfPage: RoomPlugin = {
    onResponse({ request, response }) {
      // Every response comes by here: only for the page is anything awaited.
      if (response.headers.get('content-type') !== 'text/html') return undefined;
      return pageOf().then(({ headers }) => {
        for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
        const given = request.headers.get('x-request-id') ?? undefined;
        response.headers.set('x-request-id', requestIdOf(given));
      });
    },
  };

  const renderGraphiQL = async () => (await pageOf()).html;
  return { settings: { graphiql, renderGraphiQL }, headersOfPage };
}
