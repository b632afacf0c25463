/** The core's page input; zero and the empty text are what AIP-158 has for "not said". */
export const pageInput = (request: { readonly pageSize: number; readonly pageToken: string }) => ({
  limit: request.pageSize === 0 ? undefined : request.pageSize,
  cursor: request.pageToken === '' ? undefined : request.pageToken,
});
