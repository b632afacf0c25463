import { randomUUID } from 'node:crypto';

const acceptable = /^[A-Za-z0-9_.:-]{1,128}$/;

/** The client's own request id where it sent a harmless one, a new one otherwise. */
export const requestIdOf = (given: string | undefined): string =>
  given !== undefined && acceptable.test(given) ? given : `req_${randomUUID()}`;
