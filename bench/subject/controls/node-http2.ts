import { serveHttp2 } from './http2.ts';
import { json } from './json.ts';

/** Control: `node:http2` and JSON. */
serveHttp2(json);
