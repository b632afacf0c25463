import { createServer } from 'node:http';
import { collect } from './collect.ts';
import { type Encoding, serve } from './constant.ts';

/** `node:http` and an encoding: GET is a read, POST a create. */
export const serveHttp1 = ({ contentType, read, created, decode }: Encoding): void =>
  serve(
    createServer((request, response) => {
      const answer = (status: number, body: string | Uint8Array): void => {
        response
          .writeHead(status, {
            'content-type': contentType,
            'content-length': Buffer.byteLength(body),
          })
          .end(body);
      };
      if (request.method === 'GET') return answer(200, read());
      collect(request, (body) => {
        decode(body);
        answer(201, created());
      });
    }),
  );
