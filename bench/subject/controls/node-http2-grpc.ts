import { createServer, type ServerHttp2Stream } from 'node:http2';
import { constants, serve } from './constant.ts';

/**
 * Control: gRPC by hand on `node:http2`'s streams, constant bytes: what every gRPC server in Node
 * stands on. Messages are neither decoded nor encoded.
 */
const { createPath, created, message } = constants.grpc;
const framed = (base64: string): Buffer => {
  const bytes = Buffer.from(base64, 'base64');
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
};
const [read, create] = [framed(message), framed(created)];

const server = createServer();
server.on('stream', (stream: ServerHttp2Stream, { ':path': path }) => {
  stream.resume();
  stream.on('end', () => {
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc+proto' },
      { waitForTrailers: true },
    );
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(path === createPath ? create : read);
  });
});
serve(server, 'grpc');
