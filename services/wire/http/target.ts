/**
 * Returns the path of a request target as it was sent, neither decoded nor resolved; without its
 * query, and without the origin that a client may put before it (RFC 9112 §3.2.2).
 */
export const pathOf = (target: string): string =>
  target.replace(/^https?:\/\/[^/?]*/i, '').split('?', 1)[0] || '/';
