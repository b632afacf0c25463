import { constants, type Encoding } from './constant.ts';

const payment: unknown = JSON.parse(constants.rest);
const created: unknown = JSON.parse(constants.restCreated);

/** JSON as Node has it. */
export const json: Encoding<string> = {
  contentType: 'application/json',
  read: () => JSON.stringify(payment),
  created: () => JSON.stringify(created),
  decode: (request) => JSON.parse(request.toString()),
};
