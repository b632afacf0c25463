import { createServer, type ServerHttp2Stream } from 'node:http2';
import { collect } from './collect.ts';
import { type Encoding, serve } from './constant.ts';

/** `node:http2`, by its streams, and an encoding: GET is a read, POST a create. */
export function serveHttp2({ contentType, read, created, decode }: Encoding): void {
  const server = createServer();
  server.on('stream', (stream: ServerHttp2Stream, { ':method': method }) => {
    const answer = (status: number, body: string | Uint8Array) => {
      stream.respond({
        ':status': status,
        'content-type': contentType,
        'content-length': Buffer.byteLength(body),
      });
      stream.end(body);
    };
    if (method === 'GET') return answer(200, read());
    collect(stream, (body) => {
      decode(body);
      answer(201, created());
    });
  });
  serve(server, 'http2');
}
