import {
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation, protoPath as healthProto } from 'grpc-health-check';
import type { Core } from '../core/invoke.ts';
import {
  customerService,
  eventService,
  keyService,
  packageDefinition,
  paymentService,
  refundService,
} from './contract.ts';
import { customerHandlers } from './customers.ts';
import { eventHandlers } from './events.ts';
import { keyHandlers } from './keys.ts';
import { paymentHandlers } from './payments.ts';
import { refundHandlers } from './refunds.ts';
import { malformed } from './unary.ts';

const maxRequestBytes = 64 * 1024;
/** How long calls that run may go on after `close`. */
const graceMs = 3000;

const options = {
  'grpc.max_receive_message_length': maxRequestBytes,
  'grpc.max_concurrent_streams': 1000,
  // Finds out clients that vanished, whose streams would be kept for ever.
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
  // Nobody asks for channelz here; its bookkeeping is paid for with every call.
  'grpc.enable_channelz': 0,
};

/**
 * A service whose requests are never INTERNAL for the bytes that came: grpc-js answers that to
 * what a deserializer throws.
 */
function forgiving(service: ServiceDefinition): ServiceDefinition {
  return Object.fromEntries(
    Object.entries(service).map(([name, method]) => [
      name,
      {
        ...method,
        requestDeserialize(bytes: Buffer): unknown {
          try {
            return method.requestDeserialize(bytes);
          } catch {
            return malformed;
          }
        },
      },
    ]),
  );
}

/** Serves the core at `host:port`, plaintext HTTP/2; port 0 is any free one. */
export async function startGrpcServer(
  core: Core,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const closing = new AbortController();
  const server = new Server(options);
  const health = new HealthImplementation({ '': 'SERVING' });

  const add = (service: ServiceDefinition, handlers: UntypedServiceImplementation): string => {
    server.addService(forgiving(service), handlers);
    const name = Object.values(service)[0]?.path.split('/')[1] ?? '';
    health.setStatus(name, 'SERVING');
    return name;
  };
  const names = [
    add(customerService, customerHandlers(core)),
    add(eventService, eventHandlers(core, closing.signal)),
    add(keyService, keyHandlers(core)),
    add(paymentService, paymentHandlers(core)),
    add(refundService, refundHandlers(core)),
  ];
  health.addToServer(server);
  new ReflectionService({ ...packageDefinition, ...loadSync(healthProto) }).addToServer(server);

  const bound = await new Promise<number>((resolve, reject) => {
    const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, boundPort) => {
      if (error) {
        reject(new Error(`Cannot listen for gRPC on ${address}: ${error.message}`));
      } else {
        resolve(boundPort);
      }
    });
  });

  return {
    port: bound,
    async close() {
      for (const name of ['', ...names]) health.setStatus(name, 'NOT_SERVING');
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
