import { serveHttp1 } from './http1.ts';
import { json } from './json.ts';

/** Control: `node:http` and JSON. */
serveHttp1(json);
