import crypto from 'node:crypto';
import http2, { type ServerHttp2Stream } from 'node:http2';
import { syncBuiltinESMExports } from 'node:module';
import { Socket } from 'node:net';

/**
 * Takes chance and time out of this process, so that the same calls are the same bytes in every
 * run. Import it before everything else. What it fixes has the length that it has otherwise.
 */

/** When everything happens. */
export const nowMs = Date.UTC(2026, 10, 26, 12);
const Real = Date;
const httpDate = new Real(nowMs).toUTCString();

globalThis.Date = class extends Real {
  constructor(...given: readonly [] | ConstructorParameters<typeof Real>) {
    if (given.length === 0) super(nowMs);
    else super(...(given as [number]));
  }
  static override now(): number {
    return nowMs;
  }
} as DateConstructor;
performance.now = () => 0;

const secretBytes = 24;
let secrets = 0;

/** Makes the secrets of the next server those of the one before. */
export function repeatSecrets(): void {
  secrets = 0;
}

/** How many bytes a number takes that is made of a pool of chance: all are to be equal. */
const idBytes = 5;
const maskBytes = 4;

/** The same pattern every time, except for secrets, two of which must not be equal. */
function fill<Bytes extends NodeJS.ArrayBufferView>(view: Bytes): Bytes {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const isSecret = bytes.length === secretBytes;
  if (isSecret) secrets += 1;
  const period = isSecret ? secretBytes : bytes.length % idBytes === 0 ? idBytes : maskBytes;
  const from = isSecret ? 89 + 7 * secrets : 89;
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = ((at % period) * 151 + from) & 255;
  return view;
}

Object.assign(crypto, {
  randomFillSync: fill,
  randomBytes: (size: number) => fill(Buffer.alloc(size)),
  randomUUID: () => '3f1c9a52-8e47-4d0b-9c6e-7ab35d10f28e',
});
Math.random = () => 0.5;

// Node's own `date` of HTTP/2 comes from the real clock, and its compressed length varies.
const { createServer } = http2;
http2.createServer = ((...given: Parameters<typeof createServer>) =>
  createServer(...given).prependListener('stream', (stream: ServerHttp2Stream) => {
    const respond = stream.respond.bind(stream);
    stream.respond = (headers, options) => respond({ ...headers, date: httpDate }, options);
  })) as typeof createServer;

/** Node's own `date` of HTTP/1.1, which always has this length. */
export const withDate = (text: string): string =>
  text.replace(/^(date: )[^\r]{29}/gim, `$1${httpDate}`);

/** Where connections to a port really go: names of servers in captures are those of the README. */
const detours = new Map<number, number>();
const connect = Socket.prototype.connect as (this: Socket, ...given: unknown[]) => Socket;
Socket.prototype.connect = function detoured(this: Socket, ...given: unknown[]) {
  const [first] = given;
  const options: unknown = Array.isArray(first) ? first[0] : first;
  if (typeof options === 'object' && options !== null && 'port' in options) {
    options.port = detours.get(Number(options.port)) ?? options.port;
  }
  return connect.apply(this, given);
};

/** From now on, who connects to the port `from` is connected to the port `to`. */
export const detour = (from: number, to: number): void => void detours.set(from, to);

syncBuiltinESMExports();
