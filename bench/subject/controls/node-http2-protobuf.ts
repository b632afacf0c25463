import { serveHttp2 } from './http2.ts';
import { protobuf } from './protobuf.ts';

/** Control: `node:http2` and protocol buffers: gRPC's own ground, without gRPC. */
serveHttp2(protobuf);
