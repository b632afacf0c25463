import { serveHttp1 } from './http1.ts';
import { protobuf } from './protobuf.ts';

/** Control: `node:http` and protocol buffers. */
serveHttp1(protobuf);
