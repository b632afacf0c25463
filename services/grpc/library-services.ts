import type { Server, ServerDuplexStream, ServiceDefinition } from '@grpc/grpc-js';
import { PaymentsError } from '../core/errors.ts';
import type { Core } from '../core/invoke.ts';
import { strictService } from '../wire/protobuf/contract.ts';
import { callerOf } from './caller.ts';
import { encodeError } from './errors.ts';
import { maxRequestsOfStream } from './framing.ts';
import { createHealth } from './health.ts';
import { createReflection } from './reflection.ts';
import { shutdownError } from './refusals.ts';
import { failStream, RefusedMessage } from './unary.ts';

type Stream = ServerDuplexStream<never, unknown>;
/** The loader options of the libraries are those of this project. */
type Loaded = Parameters<typeof strictService>[0];
type Answer = (error: unknown, value?: unknown) => void;
type Handler = (call: Stream, callback?: Answer) => void;

/** The only message that a request of these services contains. */
const held = {
  ExtensionRequest: {
    type: {
      field: [
        { name: 'containingType', number: 1, label: 'LABEL_OPTIONAL', type: 'TYPE_STRING' },
        { name: 'extensionNumber', number: 2, label: 'LABEL_OPTIONAL', type: 'TYPE_INT32' },
      ],
      nestedType: [],
    },
  },
};

/**
 * Adds reflection and health to the server. They need no key, so their cost is bounded for each
 * stream.
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
    (handle: Handler): Handler =>
    (call, callback) => {
      // Calls with one request have it here; streams of requests get them one by one.
      const { request } = call as { readonly request?: unknown };
      if (request instanceof RefusedMessage) void fail(core, call, request.error, callback);
      else {
        // Only unary calls have a callback.
        if (callback === undefined) boundStream(core, call, closing);
        handle(call, callback);
      }
    };
  const addService = (service: ServiceDefinition, handlers: Record<string, Handler>) => {
    const all = Object.entries(handlers).map(([name, handle]) => [name, bounded(handle)]);
    server.addService(strictService(service as Loaded, held), Object.fromEntries(all));
  };
  // The only method that they call.
  return { addService } as unknown as Server;
}

/** Sends the refusal of a request, to a unary call by its callback. */
async function fail(
  core: Core,
  call: Stream,
  refused: PaymentsError,
  callback: Answer | undefined,
): Promise<void> {
  if (!callback) return failStream(core, call, refused);
  const caller = callerOf(call);
  callback(encodeError(await core.refuse(caller, refused), caller.metadata()));
}

const tooManyRequests = (): PaymentsError =>
  new PaymentsError(
    'rate_limited',
    `Expected at most ${maxRequestsOfStream} requests in one stream, got more: open another one.`,
    { metadata: { limit: String(maxRequestsOfStream) } },
  );

/** Refuses unreadable requests of a stream before the library gets them. */
function refuseUnread(core: Core, call: Stream): void {
  const push = call.push.bind(call);
  call.push = (message: unknown) => {
    if (!(message instanceof RefusedMessage)) return push(message);
    void failStream(core, call, message.error);
    return false;
  };
}

/**
 * Pauses reading while the client does not take its responses, refuses a stream of too many
 * requests, and ends it when `closing` aborts.
 */
function boundStream(core: Core, call: Stream, closing: AbortSignal): void {
  const write = call.write.bind(call);
  let requests = 0;
  // The libraries write once for each request, and ignore what `write` returns.
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
  if ('push' in call) refuseUnread(core, call);
  const end = () => void failStream(core, call, shutdownError());
  const forget = () => closing.removeEventListener('abort', end);
  closing.addEventListener('abort', end, { once: true });
  call.once('close', forget).once('cancelled', forget);
}
