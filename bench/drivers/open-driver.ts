import type { Driver, DriverOptions, FrameRequest, HttpRequest } from './driver.ts';
import { openLeanHttp1 } from './http1.ts';
import { openLeanHttp2 } from './http2.ts';
import { openLeanWebsocket } from './websocket.ts';

/** A request for one of the drivers: plain data, which can go to another process. */
export type DriverRequest =
  | { readonly protocol: 'http1'; readonly request: HttpRequest }
  | { readonly protocol: 'http2'; readonly request: HttpRequest; readonly grpc: boolean }
  | { readonly protocol: 'websocket'; readonly request: FrameRequest };

/** Opens the driver of the request's protocol. @throws Error if a connection cannot be had */
export function openDriver(
  prepared: DriverRequest,
  options: Omit<DriverOptions<unknown>, 'request'>,
): Promise<Driver> {
  const { protocol } = prepared;
  if (protocol === 'http1') return openLeanHttp1({ ...options, request: prepared.request });
  if (protocol === 'http2') {
    const { request, grpc } = prepared;
    return openLeanHttp2({ ...options, request, grpc });
  }
  return openLeanWebsocket({ ...options, request: prepared.request });
}
