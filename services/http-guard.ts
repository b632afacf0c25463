import type { IncomingMessage } from 'node:http';
import { invalid, PaymentsError } from './core/errors.ts';
import { methodNotAllowed } from './wire/http/method.ts';
import type { HttpRefusal } from './wire/http/refusal.ts';

/** Why the front refuses a request before any room sees it. */
export interface FrontRefusal extends HttpRefusal {
  /** Whether the client's next request could be misread too: its connection is then closed. */
  readonly close?: boolean;
}

const malformed = (code: string, message: string): FrontRefusal => ({
  error: invalid({ path: [], code, message }),
  close: true,
});

/**
 * Headers that must not be repeated. Node keeps the first of two lines; a proxy before it may keep
 * the last, and the two then disagree about who calls, or what for.
 */
const singletons = [
  'Host',
  'Authorization',
  'Content-Type',
  'Content-Length',
  'Idempotency-Key',
  'Payments-Version',
  'Last-Event-ID',
  'Origin',
  'Sec-WebSocket-Key',
  'Transfer-Encoding',
];
/** Where a name may be in `bits`: by its length and its first letter, in either case. */
const placeOf = (name: string): number => name.length * 32 + (name.charCodeAt(0) & 31);
/** A bit for each header: every request is checked, and most repeat none of them. */
const bits = new Int32Array(32 * 32);
for (const [at, name] of singletons.entries()) bits[placeOf(name)] = 1 << at;
const bitOf = (name: string): number => bits[placeOf(name)] ?? 0;
const hostBit = bitOf('Host');
const codingBit = bitOf('Transfer-Encoding');

/** Returns the violation in target or headers (RFC 9110 §5.3, RFC 9112 §3.2), if any. */
export function refusalOf(request: IncomingMessage): FrontRefusal | undefined {
  const { rawHeaders, headers, url = '/' } = request;
  // A fragment is not sent (RFC 9110 §7.1): parsers that read on after it find another page or
  // query.
  if (url.includes('#')) {
    return malformed('invalid_target', 'expected a target without a fragment, got a #');
  }
  let seen = 0;
  let maybeTwice = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const bit = bitOf(rawHeaders[at] ?? '');
    maybeTwice |= seen & bit;
    seen |= bit;
  }
  const doubled = maybeTwice === 0 ? undefined : doubledIn(rawHeaders);
  if (doubled) return malformed('doubled_header', `expected one ${doubled} header, got two`);
  if (request.httpVersionMajor === 1) {
    // Only HTTP/1.1 requires it (RFC 9112 §3.2).
    if (headers.host === undefined && request.httpVersionMinor > 0) {
      return malformed('host_missing', 'expected a Host header');
    }
    const coding = (seen & codingBit) === 0 ? undefined : headers['transfer-encoding'];
    if (coding !== undefined && coding.toLowerCase() !== 'chunked') return unknownCoding(coding);
  } else if ((seen & hostBit) !== 0 && differsFromAuthority(request)) {
    return malformed('doubled_header', 'expected a Host header that is the :authority');
  }
  return undefined;
}

/** Returns the name of a header that must not be repeated and has two lines. */
function doubledIn(rawHeaders: readonly string[]): string | undefined {
  const names = rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
  return singletons.find((name) => {
    const first = names.indexOf(name.toLowerCase());
    return first !== -1 && names.includes(name.toLowerCase(), first + 1);
  });
}

/** RFC 9112 §6.1: an unknown coding cannot be decoded. */
const unknownCoding = (coding: string): FrontRefusal => ({
  error: new PaymentsError(
    'unsupported_media_type',
    `Expected Transfer-Encoding: chunked, got ${coding.slice(0, 100)}.`,
  ),
  status: 501,
  close: true,
});

/** RFC 9113 §8.3.1. */
const differsFromAuthority = ({ headers }: IncomingMessage): boolean => {
  // HTTP/2's compatibility API keeps pseudo-headers among the others.
  const authority = (headers as Record<string, unknown>)[':authority'];
  return headers.host !== undefined && authority !== undefined && authority !== headers.host;
};

/** A request with an expectation other than `100-continue` (RFC 9110 §10.1.1). */
export const unmetExpectation = ({ headers }: IncomingMessage): FrontRefusal => ({
  error: invalid({
    path: [],
    code: 'unknown_expectation',
    message: `expected Expect: 100-continue, got ${String(headers.expect).slice(0, 100)}`,
  }),
  status: 417,
  close: true,
});

/** RFC 9110 §15.5.6. */
export const wrongMethod = (method: string | undefined, allow: string): FrontRefusal => ({
  error: methodNotAllowed(method, allow),
});

/** RFC 9110 §15.5.22. */
export const upgradeRequired: FrontRefusal = {
  error: invalid({
    path: [],
    code: 'upgrade_required',
    message: 'expected a WebSocket handshake (RFC 6455): Connection: Upgrade, Upgrade: websocket',
  }),
  status: 426,
  headers: { upgrade: 'websocket', connection: 'upgrade' },
};

/** RFC 9113 §3.2: HTTP/2 over TLS is agreed on by ALPN. */
export const http2Only: FrontRefusal = {
  error: invalid({
    path: [],
    code: 'http2_required',
    message: 'expected h2 by ALPN on this port, got no protocol',
  }),
  status: 505,
};

/** Describes a request by its parser error; undefined if the connection itself is lost. */
export function unparsed({ code = '', reason }: ParserError): FrontRefusal | undefined {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return {
      error: new PaymentsError('timeout', 'Expected the whole request in time, got a part of it.'),
      status: 408,
    };
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    const message = 'Expected a request line and headers of at most 16 KiB.';
    return { error: new PaymentsError('payload_too_large', message), status: 431 };
  }
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') {
    const message = 'Expected chunk extensions of at most 16 KiB.';
    return { error: new PaymentsError('payload_too_large', message) };
  }
  if (!code.startsWith('HPE_')) return undefined;
  return malformed('invalid_http', `expected HTTP/1.1, got bytes that are not: ${reason ?? code}`);
}

/** An error of `node:http` about bytes that it cannot parse. */
export interface ParserError extends Error {
  readonly code?: string;
  /** The parser's own words. */
  readonly reason?: string;
}
