import {
  Server,
  ServerCredentials,
  type ServiceDefinition,
  setLogger,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { Core } from '../core/invoke.ts';
import type { Front } from '../wire/front.ts';
import { cannotListen } from '../wire/listen.ts';
import type { CustomerServiceHandlers } from '../wire/protobuf/generated/payments/v1/CustomerService.ts';
import type { EventServiceHandlers } from '../wire/protobuf/generated/payments/v1/EventService.ts';
import type { KeyServiceHandlers } from '../wire/protobuf/generated/payments/v1/KeyService.ts';
import type { PaymentServiceHandlers } from '../wire/protobuf/generated/payments/v1/PaymentService.ts';
import type { RefundServiceHandlers } from '../wire/protobuf/generated/payments/v1/RefundService.ts';
import {
  customerService,
  eventService,
  keyService,
  paymentService,
  refundService,
} from './contract.ts';
import { createCustomer, getCustomer, getCustomersByIds, listCustomers } from './customers.ts';
import { listEvents, watchEvents } from './events.ts';
import { maxRequestBytes } from './framing.ts';
import { createGuard } from './guard.ts';
import { createKey, revokeKey } from './keys.ts';
import { addLibraryServices } from './library-services.ts';
import {
  cancelPayment,
  capturePayment,
  confirmPayment,
  createPayment,
  getPayment,
  getPaymentIfChanged,
  getPaymentsByIds,
  listPayments,
} from './payments.ts';
import { getRefund, getRefundsByPaymentIds, listRefunds, refundPayment } from './refunds.ts';
import { forgiving, unary } from './unary.ts';

/** How long calls that run may go on after `close`. */
const graceMs = 10_000;

const options = {
  'grpc.max_receive_message_length': maxRequestBytes,
  'grpc.max_concurrent_streams': 1000,
  // Finds out clients that vanished, whose streams would be kept for ever.
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
  // Nobody asks for channelz here; its bookkeeping is paid for with every call.
  'grpc.enable_channelz': 0,
};

interface Service {
  readonly name: string;
  readonly service: ServiceDefinition;
  readonly methods: UntypedServiceImplementation;
}

/** Which handler of this room answers which method of the contract. */
function servicesOf(core: Core, closing: AbortSignal): readonly Service[] {
  const customers: CustomerServiceHandlers = {
    CreateCustomer: unary(core, 'createCustomer', createCustomer),
    GetCustomer: unary(core, 'getCustomer', getCustomer),
    BatchGetCustomers: unary(core, 'getCustomersByIds', getCustomersByIds),
    ListCustomers: unary(core, 'listCustomers', listCustomers),
  };
  const events: EventServiceHandlers = {
    ListEvents: unary(core, 'listEvents', listEvents),
    WatchEvents: watchEvents(core, closing),
  };
  const keys: KeyServiceHandlers = {
    CreateKey: unary(core, 'createKey', createKey),
    RevokeKey: unary(core, 'revokeKey', revokeKey),
  };
  const payments: PaymentServiceHandlers = {
    CreatePayment: unary(core, 'createPayment', createPayment),
    GetPayment: unary(core, 'getPayment', getPayment),
    GetPaymentIfChanged: unary(core, 'getPayment', getPaymentIfChanged),
    BatchGetPayments: unary(core, 'getPaymentsByIds', getPaymentsByIds),
    ListPayments: unary(core, 'listPayments', listPayments),
    ConfirmPayment: unary(core, 'confirmPayment', confirmPayment),
    CapturePayment: unary(core, 'capturePayment', capturePayment),
    CancelPayment: unary(core, 'cancelPayment', cancelPayment),
  };
  const refunds: RefundServiceHandlers = {
    CreateRefund: unary(core, 'refundPayment', refundPayment),
    GetRefund: unary(core, 'getRefund', getRefund),
    ListRefunds: unary(core, 'listRefunds', listRefunds),
    BatchListRefunds: unary(core, 'getRefundsByPaymentIds', getRefundsByPaymentIds),
  };
  return [
    { name: 'payments.v1.CustomerService', service: customerService, methods: customers },
    { name: 'payments.v1.EventService', service: eventService, methods: events },
    { name: 'payments.v1.KeyService', service: keyService, methods: keys },
    { name: 'payments.v1.PaymentService', service: paymentService, methods: payments },
    { name: 'payments.v1.RefundService', service: refundService, methods: refunds },
  ];
}

interface Place {
  readonly host: string;
  readonly port: number;
  /** PEM; cleartext HTTP/2 where absent. */
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
  const services = servicesOf(core, closing.signal);
  for (const { service, methods } of services) addService(service, methods);
  const names = services.map(({ name }) => name);
  addLibraryServices(core, { addService }, names, closing.signal);

  // The library would log a failure that is thrown here as well.
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
