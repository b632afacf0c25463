import { createServer } from 'node:http';
import { constants, serve } from './constant.ts';

/** Control: `node:http` and `JSON.stringify`. */
const payment: unknown = JSON.parse(constants.rest);

serve(
  createServer((_request, response) => {
    const body = JSON.stringify(payment);
    response
      .writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      })
      .end(body);
  }),
);
