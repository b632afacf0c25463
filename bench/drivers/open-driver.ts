import type { Driver, DriverOptions, FrameRequest, HttpRequest } from './driver.ts';
import { openLeanHttp1 } from './http1.ts';
import { openLeanHttp2 } from './http2.ts';
import { openLeanWebsocket } from './websocket.ts';

/** A request, and others that share its connections. */
interface Requests<Request> {
  readonly request: Request;
  readonly others?: readonly Request[];
}

/** Requests for one of the drivers: plain data, which can go to another process. */
export type DriverRequest =
  | ({ readonly protocol: 'http1' } & Requests<HttpRequest>)
  | ({ readonly protocol: 'http2'; readonly grpc: boolean } & Requests<HttpRequest>)
  | ({ readonly protocol: 'websocket' } & Requests<FrameRequest>);

/** Opens the driver of the request's protocol. @throws Error if a connection cannot be had */
export function openDriver(
  prepared: DriverRequest,
  options: Omit<DriverOptions<never>, 'request' | 'others'>,
): Promise<Driver> {
  const { protocol } = prepared;
  if (protocol === 'http1') {
    const { request, others } = prepared;
    return openLeanHttp1({ ...options, request, others });
  }
  if (protocol === 'http2') {
    const { request, others, grpc } = prepared;
    return openLeanHttp2({ ...options, request, others, grpc });
  }
  const { request, others } = prepared;
  return openLeanWebsocket({ ...options, request, others });
}
