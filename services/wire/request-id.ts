import { randomUUID } from 'node:crypto';

const acceptable = /^[A-Za-z0-9_.:-]{1,128}$/;

/** Uses the client's request id if it is harmless, and makes a new one otherwise. */
export const requestIdOf = (given: string | undefined): string =>
  given !== undefined && acceptable.test(given) ? given : `req_${randomUUID()}`;
