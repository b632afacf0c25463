import {
  Server,
  ServerCredentials,
  type ServiceDefinition,
  setLogger,
  type UntypedHandleCall,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { Core } from '../core/invoke.ts';
import { type CallName, callNames, streamNames } from '../core/operations.ts';
import type { Front } from '../wire/front.ts';
import { cannotListen } from '../wire/listen.ts';
import {
  customerService,
  eventService,
  keyService,
  paymentService,
  refundService,
} from '../wire/protobuf/contract.ts';
import { methods } from '../wire/protobuf/methods.ts';
import type { OpenRoom } from '../wire/room.ts';
import { customerHandlers } from './customers.ts';
import { eventHandlers, serveStream } from './events.ts';
import { maxRequestBytes } from './framing.ts';
import { createGuard } from './guard.ts';
import { keyHandlers } from './keys.ts';
import { addLibraryServices } from './library-services.ts';
import { ifChanged, paymentHandlers } from './payments.ts';
import { refundHandlers } from './refunds.ts';
import { forgiving, type Handler, unary } from './unary.ts';

/** How long running calls may continue after `close`. */
const graceMs = 10_000;

const options = {
  'grpc.max_receive_message_length': maxRequestBytes,
  'grpc.max_concurrent_streams': 1000,
  // Detects clients that vanished, whose streams would be kept forever.
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
  // Nobody uses channelz here, and its bookkeeping costs time in every call.
  'grpc.enable_channelz': 0,
};

const services = {
  'payments.v1.CustomerService': customerService,
  'payments.v1.EventService': eventService,
  'payments.v1.KeyService': keyService,
  'payments.v1.PaymentService': paymentService,
  'payments.v1.RefundService': refundService,
};

const handlers: Readonly<Record<CallName, Handler<object, object>>> = {
  ...paymentHandlers,
  ...refundHandlers,
  ...customerHandlers,
  ...eventHandlers,
  ...keyHandlers,
};

/** Implements the methods of the contract, by their paths. */
function implementationsOf(core: Core, closing: AbortSignal) {
  const implementations = new Map<string, UntypedHandleCall>();
  for (const name of callNames) {
    implementations.set(methods[name].definition.path, unary(core, name, handlers[name]));
  }
  for (const name of streamNames) {
    implementations.set(methods[name].definition.path, serveStream(core, name, closing));
  }
  const { path, operation, handle } = ifChanged;
  implementations.set(path, unary(core, operation, handle));
  return (service: ServiceDefinition): UntypedServiceImplementation =>
    Object.fromEntries(
      Object.entries(service).map(([name, { path }]) => {
        const implementation = implementations.get(path);
        if (!implementation) throw new Error(`Expected a handler of ${path}, found none.`);
        return [name, implementation];
      }),
    );
}

interface Place {
  readonly host: string;
  readonly port: number;
  /** PEM. Defaults to cleartext HTTP/2. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
}

function credentialsOf({ tls }: Place): ServerCredentials {
  if (!tls) return ServerCredentials.createInsecure();
  const pair = { cert_chain: Buffer.from(tls.cert), private_key: Buffer.from(tls.key) };
  return ServerCredentials.createSsl(null, [pair]);
}

/** Serves the core at `host:port`; port 0 is any free one. */
export async function startGrpcServer(
  core: Core,
  place: Place,
  { addressOf }: Partial<Front> = {},
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const { host, port } = place;
  const closing = new AbortController();
  const paths = new Set<string>();
  const guard = createGuard(core, paths, addressOf);
  const server = new Server({ ...options, interceptors: [guard.interceptor] });
  const addService = (service: ServiceDefinition, methods: UntypedServiceImplementation) => {
    for (const { path } of Object.values(service)) paths.add(path);
    server.addService(forgiving(service), methods);
  };
  const implementationOf = implementationsOf(core, closing.signal);
  for (const service of Object.values(services)) addService(service, implementationOf(service));
  addLibraryServices(core, { addService }, Object.keys(services), closing.signal);

  // The library would also log a failure that is thrown here.
  setLogger({ ...console, error: () => {} });
  const bound = await new Promise<number>((resolve, reject) => {
    const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    server.bindAsync(address, credentialsOf(place), (error, boundPort) => {
      if (error) reject(cannotListen({ what: 'gRPC', setting: 'GRPC_PORT' }, place, error));
      else resolve(boundPort);
    });
  });

  guard.watch(server);

  return {
    port: bound,
    async close() {
      closing.abort();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          server.forceShutdown();
          resolve();
        }, graceMs);
        server.tryShutdown(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
  };
}

/** Listens on a port of its own, because grpc-js has its own HTTP/2 server. */
export const open = (
  core: Core,
  { host, grpcPort: port, tls, addressOf }: Front & Omit<Place, 'port'> & { grpcPort: number },
): Promise<OpenRoom> => startGrpcServer(core, { host, port, tls }, { addressOf });
