import { createServer } from 'node:http';
import { serve } from './constant.ts';

const contentType = 'application/graphql-response+json; charset=utf-8';

/** Makes the body of a response from that of a request, and the `Authorization` header. */
type Answering = (
  request: string,
  authorization: string | undefined,
) => string | Uint8Array | Promise<string>;

/** GraphQL over HTTP on `node:http`: every POST has a body, and so has its response. */
export const serveGraphqlPosts = (answer: Answering): void =>
  serve(
    createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      request.on('end', async () => {
        const body = await answer(text, request.headers.authorization);
        const length = Buffer.byteLength(body);
        response
          .writeHead(200, { 'content-type': contentType, 'content-length': length })
          .end(body);
      });
    }),
  );
