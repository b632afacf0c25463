import { z } from 'zod';
import { expectation } from './core/validate.ts';
import { isNetwork, type TrustedProxies } from './wire/address.ts';
import { isOrigin } from './wire/http/origin.ts';

export const wires = ['rest', 'grpc', 'graphql', 'sse', 'websocket'] as const;
export type Wire = (typeof wires)[number];

/** All settings of the server. */
export interface Config {
  readonly host: string;
  /** Port of REST, SSE, GraphQL and WebSocket; 0: any free port. */
  readonly httpPort: number;
  readonly grpcPort: number;
  /**
   * Port of the same without WebSockets, on HTTP/2 with prior knowledge (RFC 9113 §3.3). Optional.
   */
  readonly http2Port: number | undefined;
  /** PEM files of a certificate and its key, for TLS on every port. Defaults to cleartext. */
  readonly tls: { readonly certPath: string; readonly keyPath: string } | undefined;
  /** `sqlite:<file>` or `sqlite::memory:`. */
  readonly databaseUrl: string;
  readonly wires: ReadonlySet<Wire>;
  /**
   * Whether an empty database is filled with the demo merchants, their keys and the real invoices.
   */
  readonly demo: boolean;
  /** The HTTP host of GraphQL: graphql-yoga, or a minimal one. */
  readonly graphqlHost: 'yoga' | 'lean';
  /** False turns DataLoader off in GraphQL, so that the bench can show its effect. */
  readonly graphqlLoaders: boolean;
  /**
   * Maximum failures a second from one address before a key is known, with bursts of ten times as
   * many; 0: unlimited.
   */
  readonly addressLimit: number;
  readonly trustedProxies: TrustedProxies;
  /** Origins whose pages may open WebSockets, besides the server's own. */
  readonly corsOrigins: readonly string[];
  /**
   * How long clients may still connect and send requests after SIGTERM, milliseconds: a load
   * balancer needs time to notice that the server shuts down.
   */
  readonly drainMs: number;
  /** `errors`: logs internal failures; `calls`: logs a line for each call. */
  readonly log: 'off' | 'errors' | 'calls';
}

/** Only decimal digits: `Number` also converts blanks to 0, and 0 may mean unlimited. */
const numberUpTo = (most: number, digits = /^\d+$/) =>
  z
    .string()
    .refine((text) => digits.test(text) && Number(text) <= most, {
      error: `expected a number from 0 to ${most}`,
    })
    .transform(Number);
const port = numberUpTo(65_535);
const flag = z.enum(['0', '1']).transform((value) => value === '1');

/**
 * The path of a PEM file. Someone may set the content instead, a private key, so errors do not
 * repeat it.
 */
const pemPath = z
  .string()
  .refine((text) => !/-----BEGIN|\n/.test(text), 'expected the path of a PEM file, not its content')
  .optional();

const itemsOf = (text: string): string[] => text.split(',').map((item) => item.trim());

const origins = z
  .string()
  .transform(itemsOf)
  .refine((items) => items.every(isOrigin), {
    error: 'expected origins such as https://shop.example between commas, or *',
  });

const trustedProxies = z.string().transform((text, context): TrustedProxies => {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const networks = itemsOf(text);
  if (networks.every(isNetwork)) return networks;
  const message = 'expected how many proxies, or addresses and networks such as 10.0.0.0/8';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const environment = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  HTTP_PORT: port.default(4000),
  GRPC_PORT: port.default(4001),
  HTTP2_PORT: port.optional(),
  TLS_CERT: pemPath,
  TLS_KEY: pemPath,
  DATABASE_URL: z.string().min(1).default('sqlite:.data/fivewire.db'),
  WIRES: z
    .string()
    .default(wires.join(','))
    .transform((text) => text.split(',').map((name) => name.trim()))
    .pipe(z.array(z.enum(wires))),
  DEMO: flag.default(true),
  GRAPHQL_HOST: z.enum(['yoga', 'lean']).default('yoga'),
  GRAPHQL_LOADERS: flag.default(true),
  ADDRESS_LIMIT: numberUpTo(1_000_000, /^\d+(\.\d+)?$/).default(100),
  TRUSTED_PROXIES: trustedProxies.default([]),
  CORS_ORIGINS: origins.default([]),
  DRAIN_MS: numberUpTo(600_000).default(1000),
  LOG: z.enum(['off', 'errors', 'calls']).default('errors'),
});

/**
 * Reads the configuration from the environment.
 * @throws Error with one line that names every invalid variable, what was expected and what it got
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  // An empty variable counts as not set.
  const given = Object.entries(env).filter(([, value]) => value !== '');
  const parsed = environment.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const violations = parsed.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      const expected =
        issue.code === 'invalid_value'
          ? `expected one of ${issue.values.join(', ')}`
          : expectation(issue);
      return `${name}${name.startsWith('TLS_') ? '' : `=${env[name]}`}: ${expected}`;
    });
    throw new Error(`The configuration is not valid: ${violations.join('; ')}.`);
  }
  const values = parsed.data;
  const { TLS_CERT: certPath, TLS_KEY: keyPath } = values;
  if ((certPath === undefined) !== (keyPath === undefined)) {
    const given = certPath === undefined ? 'TLS_KEY' : 'TLS_CERT';
    throw new Error(`Expected TLS_CERT and TLS_KEY, or neither, got ${given} alone.`);
  }
  return {
    host: values.HOST,
    httpPort: values.HTTP_PORT,
    grpcPort: values.GRPC_PORT,
    http2Port: values.HTTP2_PORT,
    tls: certPath !== undefined && keyPath !== undefined ? { certPath, keyPath } : undefined,
    databaseUrl: values.DATABASE_URL,
    wires: new Set(values.WIRES),
    demo: values.DEMO,
    graphqlHost: values.GRAPHQL_HOST,
    graphqlLoaders: values.GRAPHQL_LOADERS,
    addressLimit: values.ADDRESS_LIMIT,
    trustedProxies: values.TRUSTED_PROXIES,
    corsOrigins: values.CORS_ORIGINS,
    drainMs: values.DRAIN_MS,
    log: values.LOG,
  };
}
