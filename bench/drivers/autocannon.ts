import autocannon from 'autocannon';
import type { HttpRequest } from './driver.ts';

const withHeaders = (
  request: autocannon.Request,
  more: Readonly<Record<string, string>>,
): autocannon.Request => ({ ...request, headers: { ...request.headers, ...more } });

export interface AutocannonResult {
  readonly completed: number;
  readonly failed: number;
  readonly failures: Readonly<Record<string, number>>;
  readonly perSecond: number;
}

/**
 * Capacity of an HTTP/1.1 server, closed loop, one request at a time on each connection. No rate is
 * ever given: autocannon 9 paces in bursts of a second.
 *
 * @param options.headersOf fresh headers for each request, for keys that must differ
 * @param options.expectBody counts every answer with another body as failed
 */
export async function runAutocannon(options: {
  readonly origin: string;
  readonly request: HttpRequest;
  readonly connections: number;
  readonly durationMs: number;
  readonly headersOf?: () => Readonly<Record<string, string>>;
  readonly expectBody?: string;
}): Promise<AutocannonResult> {
  const { origin, request, connections, durationMs, headersOf, expectBody } = options;
  const { path, headers, body } = request;
  const method = request.method as 'GET' | 'POST';
  const fixed = {
    method,
    path,
    headers,
    ...(body.length > 0 && { body: Buffer.from(body) }),
  };
  let firstMs: number | undefined;
  let lastMs = 0;
  let completed = 0;
  /** The first answer with another body. */
  let firstOther: string | undefined;
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon(
      {
        url: origin,
        connections,
        duration: durationMs / 1000,
        sampleInt: 100,
        // Either one request or a list that can be changed on the way: the body of an answer can
        // be checked with the first alone.
        ...(headersOf
          ? { requests: [{ ...fixed, setupRequest: (given) => withHeaders(given, headersOf()) }] }
          : { ...fixed, url: new URL(path, origin).href }),
        verifyBody: (got) => {
          const isExpected = expectBody === undefined || got === expectBody;
          if (!isExpected) firstOther ??= String(got);
          return isExpected;
        },
      },
      (error: Error | null, done: autocannon.Result) => (error ? reject(error) : resolve(done)),
    );
    // Counted here, from the first answer on: autocannon's own duration is rounded, and has its
    // connecting in it.
    run.on('response', (_client, status) => {
      lastMs = performance.now();
      firstMs ??= lastMs;
      if (status >= 200 && status < 300) completed += 1;
    });
  });
  const { errors, timeouts, non2xx, mismatches } = result;
  const other = `not the expected body but ${firstOther?.slice(0, 120)}`;
  const kinds = Object.entries({ errors, timeouts, non2xx, [other]: mismatches });
  return {
    completed,
    failed: errors + timeouts + non2xx + mismatches,
    failures: Object.fromEntries(kinds.filter(([, count]) => count > 0)),
    perSecond: completed / Math.max(0.001, (lastMs - (firstMs ?? lastMs)) / 1000),
  };
}
