import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { PaymentsError, toPaymentsError } from '../core/errors.ts';
import type { Core } from '../core/invoke.ts';
import type { Allowance } from '../core/limiter.ts';
import { createTokenBuckets } from '../core/token-bucket.ts';
import { type AddressOf, networkOf } from '../wire/address.ts';
import { headerText, readCallHeaders } from '../wire/call-headers.ts';
import { isKnown, requireMatch } from '../wire/http/conditional.ts';
import { methodNotAllowed } from '../wire/http/method.ts';
import { sendProblem } from '../wire/http/problem-response.ts';
import { refusalResponse } from '../wire/http/refusal.ts';
import { pathOf } from '../wire/http/target.ts';
import type { WebPage } from './page.ts';

/** Makes the page that a path has now. The same page again is compressed once. */
export type PageSource = () => WebPage | Promise<WebPage>;

/**
 * What one address may load, in tokens of `tokenBytes`: about 20 MB at once and 1 MB a second. The
 * pages are for people, and a browser asks again only for what has changed.
 */
const allowance: Allowance = { ratePerSecond: 10, burst: 200 };
const tokenBytes = 100_000;

type Coding = 'br' | 'gzip' | 'identity';
/** Compression makes pages smaller by about this, at least. */
const fewestTimesSmaller = 4;
/** Smaller bodies are sent as they are. */
const smallestCompressed = 1024;

const compress: Readonly<Record<Coding, (body: Buffer) => Promise<Buffer>>> = {
  br: (body) => {
    // Higher qualities take much longer for the last few percent.
    const params = { [constants.BROTLI_PARAM_QUALITY]: 5 };
    return promisify(brotliCompress)(body, { params });
  },
  gzip: (body) => promisify(gzip)(body),
  identity: async (body) => body,
};

/** The content coding for an `Accept-Encoding` header (RFC 9110 §12.5.3). */
function codingFor(accepted: string): Coding {
  const takes = (coding: Coding) =>
    new RegExp(`(?:^|[\\s,])${coding}\\s*(?:$|,|;\\s*q=(?!0(?:\\.0*)?\\s*(?:,|$)))`, 'i').test(
      accepted,
    );
  if (takes('br')) return 'br';
  return takes('gzip') ? 'gzip' : 'identity';
}

const allow = 'GET, HEAD, OPTIONS';

/** Responds to requests for pages. */
export function createSender(core: Core, addressOf: AddressOf) {
  const addresses = createTokenBuckets(() => performance.now());
  const compressed = new WeakMap<WebPage, Map<Coding, Promise<Buffer>>>();

  function bodyOf(page: WebPage, coding: Coding): Promise<Buffer> {
    const bodies = compressed.get(page) ?? new Map<Coding, Promise<Buffer>>();
    compressed.set(page, bodies);
    const body = bodies.get(coding) ?? compress[coding](page.body);
    bodies.set(coding, body);
    body.catch(() => bodies.delete(coding));
    return body;
  }

  /** @throws PaymentsError `rate_limited` */
  async function requireRoomFor(request: IncomingMessage, bytes: number): Promise<void> {
    const bucket = { id: networkOf(addressOf(request) ?? ''), ...allowance };
    const tokens = Math.max(1, Math.ceil(bytes / tokenBytes));
    const { allowed, retryAfterMs } = await addresses.take([bucket], tokens);
    if (allowed) return;
    const message = 'Expected at most 1 MB of pages a second for one address, got more.';
    throw new PaymentsError('rate_limited', message, { retryAfterMs });
  }

  async function send(
    source: PageSource,
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
  ): Promise<void> {
    const { method, headers } = request;
    if (method === 'OPTIONS') {
      response.writeHead(204, { allow, 'x-request-id': requestId }).end();
      return;
    }
    if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed(method, allow);
    const page = await source();
    const isSmall = page.body.length < smallestCompressed;
    const coding = isSmall ? 'identity' : codingFor(headerText(headers['accept-encoding']) ?? '');
    const tag = coding === 'identity' ? page.tag : page.tag.replace(/"$/, `-${coding}"`);
    requireMatch(headers['if-match'], tag);
    const isFresh = isKnown(headers['if-none-match'], tag);
    const hasBody = !isFresh && method !== 'HEAD';
    // Before the work, by what it may come to.
    const smaller = coding === 'identity' ? 1 : fewestTimesSmaller;
    await requireRoomFor(request, hasBody ? page.body.length / smaller : 0);
    const body = isFresh ? page.body : await bodyOf(page, coding);
    const common = {
      ...page.headers,
      etag: tag,
      vary: 'Accept, Accept-Encoding',
      'x-request-id': requestId,
    };
    if (isFresh) {
      response.writeHead(304, common).end();
      return;
    }
    response.writeHead(200, {
      ...common,
      'content-type': page.contentType,
      ...(coding !== 'identity' && { 'content-encoding': coding }),
      'content-length': body.length,
    });
    response.end(method === 'HEAD' ? undefined : body);
  }

  return (source: PageSource): RequestListener =>
    (request, response) => {
      const caller = { ...readCallHeaders(request.headers), address: addressOf(request) };
      const observation = core.observe(caller);
      send(source, request, response, caller.requestId)
        .then(() => observation.end('ok'))
        .catch((thrown: unknown) => {
          const refusal = { error: toPaymentsError(thrown) };
          const path = pathOf(request.url ?? '/');
          return refusalResponse(core, { ...caller, observation }, refusal, path).then((problem) =>
            sendProblem(response, problem),
          );
        })
        .catch(() => response.destroy());
    };
}
