import { createServer, type IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { collect } from './collect.ts';
import { type Encoding, serve } from './constant.ts';

/** What responses of HTTP/1.1 and of HTTP/2's compatibility API have in common. */
interface Writable {
  writeHead(status: number, headers: Readonly<Record<string, string | number>>): unknown;
  end(body: string | Uint8Array): unknown;
}

/** GET is a read, POST a create. */
export const answerHttp =
  ({ contentType, read, created, decode }: Encoding) =>
  (request: IncomingMessage | Http2ServerRequest, response: Writable): void => {
    const answer = (status: number, body: string | Uint8Array): void => {
      const length = Buffer.byteLength(body);
      response.writeHead(status, { 'content-type': contentType, 'content-length': length });
      response.end(body);
    };
    if (request.method === 'GET') {
      answer(200, read());
      return;
    }
    collect(request, (body) => {
      decode(body);
      answer(201, created());
    });
  };

/** `node:http` and an encoding. */
export const serveHttp1 = (encoding: Encoding): void => serve(createServer(answerHttp(encoding)));
