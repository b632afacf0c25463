import { constants } from './constant.ts';
import { serveHttp1 } from './http1.ts';

/** Control: `node:http`, constant bytes; nothing is encoded. */
const read = Buffer.from(constants.rest);
const created = Buffer.from(constants.restCreated);
serveHttp1({
  contentType: 'application/json',
  read: () => read,
  created: () => created,
  decode: () => {},
});
