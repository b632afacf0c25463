import type { Config, Wire } from './config.ts';
import type { ServerPlace } from './console/place.ts';
import { demoKeys, readingKey, writingKey } from './demo/merchants.ts';

/** Bound ports: that of HTTP, and those of wires with a port of their own. */
export type BoundPorts = { readonly http: number; readonly http2?: number } & {
  readonly [Name in Wire]?: number;
};

type Announced = Pick<Config, 'host' | 'wires' | 'demo' | 'graphqlHost'> & {
  readonly tls: unknown;
};

/** A name that this machine finds itself by: servers that listen everywhere have no other. */
function nameOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** What the server's pages show of it. */
export const placeOf = (ports: BoundPorts, config: Announced): ServerPlace => ({
  origin: `${config.tls ? 'https' : 'http'}://${nameOf(config.host)}:${ports.http}`,
  grpcPort: ports.grpc,
  wires: config.wires,
  graphiql: config.wires.has('graphql') && config.graphqlHost === 'yoga',
  demoKeys: config.demo ? { reading: readingKey, writing: writingKey } : undefined,
});

/** The lines for a person: what to open in a browser, and what programs connect to. */
export function linesFor(ports: BoundPorts, config: Announced): readonly string[] {
  const { origin, graphiql } = placeOf(ports, config);
  const { host, wires, tls, demo } = config;
  const scheme = tls ? 'https' : 'http';
  const lines: (readonly [name: string, text: string] | false)[] = [
    ['Open', `${origin}/`],
    graphiql && ['GraphiQL', `${origin}/graphql`],
    wires.has('rest') && ['OpenAPI', `${origin}/docs/api`],
    ['Errors', `${origin}/docs/errors`],
    ['Compare', `${origin}/compare`],
    ['Report', `${origin}/report`],
    ports.http2 !== undefined && ['HTTP/2', `${scheme}://${nameOf(host)}:${ports.http2}`],
    ports.grpc !== undefined && ['gRPC', `${nameOf(host)}:${ports.grpc}${tls ? ' (TLS)' : ''}`],
    ...(demo ? demoKeys : []).map(
      ({ secret, merchant, name }) => ['Key', `${secret}  (${merchant}, ${name})`] as const,
    ),
  ];
  return lines.filter((line) => line !== false).map(([name, text]) => `${name.padEnd(9)} ${text}`);
}

/**
 * Prints where the server listens to standard output: as text for a person, or as one line for a
 * program.
 */
export function announce(ports: BoundPorts, config: Config): void {
  if (!process.stdout.isTTY) {
    console.log(`ready ${JSON.stringify({ ...ports, ...(config.tls && { scheme: 'https' }) })}`);
    return;
  }
  for (const line of linesFor(ports, config)) console.log(line);
}
