import type { Server, ServerDuplexStream, ServiceDefinition } from '@grpc/grpc-js';
import { PaymentsError } from '../core/errors.ts';
import type { Core } from '../core/invoke.ts';
import { maxRequestsOfStream } from './framing.ts';
import { createHealth } from './health.ts';
import { createReflection } from './reflection.ts';
import { shutdownError } from './refusals.ts';
import { failStream } from './unary.ts';

type Stream = ServerDuplexStream<never, unknown>;
type StreamHandler = (call: Stream, callback?: unknown) => void;

/**
 * Adds reflection and health to the server. They need no key, so what they cost is bounded for
 * each stream.
 */
export function addLibraryServices(
  core: Core,
  server: Pick<Server, 'addService'>,
  services: readonly string[],
  closing: AbortSignal,
): void {
  const health = createHealth();
  for (const name of services) health.setStatus(name, 'SERVING');
  closing.addEventListener('abort', () => {
    for (const name of ['', ...services]) health.setStatus(name, 'NOT_SERVING');
  });
  const seen = asLibrariesSee(core, server, closing);
  health.addToServer(seen);
  createReflection().addToServer(seen);
}

/** The server as services of libraries see it: their streams are bounded, and end with it. */
function asLibrariesSee(
  core: Core,
  server: Pick<Server, 'addService'>,
  closing: AbortSignal,
): Server {
  const bounded =
    (handle: StreamHandler): StreamHandler =>
    (call, callback) => {
      // Only unary calls have a callback.
      if (callback === undefined) boundStream(core, call, closing);
      handle(call, callback);
    };
  const addService = (service: ServiceDefinition, handlers: Record<string, StreamHandler>) => {
    const all = Object.entries(handlers).map(([name, handle]) => [name, bounded(handle)]);
    server.addService(service, Object.fromEntries(all));
  };
  // The one method that they call.
  return { addService } as unknown as Server;
}

const tooManyRequests = (): PaymentsError =>
  new PaymentsError(
    'rate_limited',
    `Expected at most ${maxRequestsOfStream} requests in one stream, got more: open another one.`,
    { metadata: { limit: String(maxRequestsOfStream) } },
  );

/**
 * Reads no further while the client does not take its answers, refuses a stream of too many
 * requests, and ends it when `closing` aborts.
 */
function boundStream(core: Core, call: Stream, closing: AbortSignal): void {
  const write = call.write.bind(call);
  let requests = 0;
  // The libraries write once for each request, and look at nothing that `write` answers.
  call.write = (message: unknown) => {
    requests += 1;
    if (requests > maxRequestsOfStream) {
      if (requests === maxRequestsOfStream + 1) void failStream(core, call, tooManyRequests());
      return false;
    }
    const ready = write(message);
    if (!ready && !call.isPaused()) {
      call.pause();
      call.once('drain', () => call.resume());
    }
    return ready;
  };
  const end = () => void failStream(core, call, shutdownError());
  const forget = () => closing.removeEventListener('abort', end);
  closing.addEventListener('abort', end, { once: true });
  call.once('close', forget).once('cancelled', forget);
}
