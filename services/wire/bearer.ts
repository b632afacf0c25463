/**
 * The token of an `Authorization: Bearer …` header (RFC 6750 §2.1), on HTTP and in gRPC metadata
 * alike; undefined if the header is absent or of another scheme.
 */
export function bearerToken(authorization: string | undefined): string | undefined {
  const match = authorization === undefined ? null : /^bearer +(\S+) *$/i.exec(authorization);
  return match?.[1];
}
