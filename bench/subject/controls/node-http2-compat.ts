import { createServer } from 'node:http2';
import { serve } from './constant.ts';
import { answerHttp } from './http1.ts';
import { json } from './json.ts';

/** Control: `node:http2` by its compatibility API, as frameworks use it, and JSON. */
serve(createServer(answerHttp(json)), 'http2');
