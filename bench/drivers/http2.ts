import type { Driver, DriverOptions, HttpRequest } from './driver.ts';
import { openHttp2Session } from './http2/session.ts';
import { createMarker } from './marker.ts';
import { spreadOver } from './spread.ts';

/**
 * A lean client of HTTP/2 (RFC 9113), with prior knowledge or over TLS: calls go to the connections
 * in turn, as many at once as the server allows. All requests of one turn of the event loop leave
 * in one write a connection.
 *
 * @param options.grpc the status of an answer is that of its trailers
 * @param options.lastStream the last stream of a connection; defaults to 2³¹ − 1
 * @throws Error if a connection cannot be had
 */
export function openLeanHttp2(
  options: DriverOptions<HttpRequest> & { readonly grpc: boolean; readonly lastStream?: number },
): Promise<Driver> {
  const marker = createMarker(options.marker);
  return spreadOver(options.connections, (events) => openHttp2Session(options, marker, events));
}
