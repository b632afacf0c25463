import { maxPageSize } from '../core/page.ts';

/**
 * The core's page input. Zero and the empty text are what AIP-158 has for "not said"; a page size
 * above the maximum is the maximum.
 */
export const pageInput = (request: { readonly pageSize: number; readonly pageToken: string }) => ({
  limit: request.pageSize === 0 ? undefined : Math.min(request.pageSize, maxPageSize),
  cursor: request.pageToken === '' ? undefined : request.pageToken,
});
