import type { Config, Wire } from './config.ts';
import { demoKeys } from './demo/merchants.ts';

/** Bound ports: that of HTTP, and those of wires with a port of their own. */
export type BoundPorts = { readonly http: number; readonly http2?: number } & {
  readonly [Name in Wire]?: number;
};

/**
 * Prints where the server listens to standard output: as text for a person, or as one line for a
 * program.
 */
export function announce(ports: BoundPorts, config: Config): void {
  if (!process.stdout.isTTY) {
    console.log(`ready ${JSON.stringify({ ...ports, ...(config.tls && { scheme: 'https' }) })}`);
    return;
  }
  const scheme = config.tls ? 'https' : 'http';
  console.log(`HTTP    ${scheme}://${config.host}:${ports.http}`);
  if (ports.http2 !== undefined) console.log(`HTTP/2  ${scheme}://${config.host}:${ports.http2}`);
  if (ports.grpc !== undefined) {
    console.log(`gRPC    ${config.host}:${ports.grpc}${config.tls ? ' (TLS)' : ''}`);
  }
  if (!config.demo) return;
  for (const key of demoKeys) console.log(`key     ${key.secret}  (${key.merchant}, ${key.name})`);
}
