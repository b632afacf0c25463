import { once } from 'node:events';
import {
  type ClientHttp2Stream,
  type ClientSessionOptions,
  connect,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { rpc } from '../../services/grpc/contract.ts';
import { asAdmin } from './grpc-peer.ts';

/** A length-prefixed message as PROTOCOL-HTTP2.md has it. */
export function frame(message: Buffer, flag = 0, length = message.length): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(flag);
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}

/** What came on one stream. */
export interface Seen {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly bytes: number;
  /** The code of the reset or of the end. */
  readonly rstCode: number;
}

/** The fields that end a call, wherever they came. */
export const ending = ({ headers, trailers }: Seen): IncomingHttpHeaders =>
  trailers['grpc-status'] === undefined ? headers : trailers;

/** The `ErrorInfo.reason` of a call that failed. */
export function reasonOf(seen: Seen): string | undefined {
  const text = ending(seen)['grpc-status-details-bin']?.toString();
  if (text === undefined) return undefined;
  const [info] = rpc.Status.deserialize(Buffer.from(text, 'base64')).details;
  return info && rpc.ErrorInfo.deserialize(info.value).reason;
}

export interface WireCall extends OutgoingHttpHeaders {
  readonly ':path': string;
}

/** HTTP/2 as it is, without a client that is kind to the server. */
export async function openWire(
  port: number,
  // The second is not in Node's types yet.
  options: ClientSessionOptions & { readonly strictSingleValueFields?: boolean } = {},
) {
  const session = connect(`http://127.0.0.1:${port}`, options);
  session.on('error', () => {});
  await once(session, 'connect');

  function open(headers: WireCall): ClientHttp2Stream {
    const all = { 'content-type': 'application/grpc', te: 'trailers', ...asAdmin, ...headers };
    return session.request({ ':method': 'POST', ...all }, { endStream: false });
  }

  return {
    session,
    open,
    /** Sends one request, reads what comes, and resolves when the stream is closed. */
    call(headers: WireCall, body: Buffer = frame(Buffer.alloc(0)), endStream = true) {
      const stream = open(headers);
      const closed = closeOf(stream);
      if (endStream) stream.end(body);
      else stream.write(body);
      return closed;
    },
    close: () => session.destroy(),
  };
}

/** Reads the stream, and resolves when it is closed. */
export async function closeOf(stream: ClientHttp2Stream): Promise<Seen> {
  const seen = { headers: {}, trailers: {}, bytes: 0, rstCode: 0 };
  stream.on('error', () => {});
  stream.on('response', (headers) => Object.assign(seen.headers, headers));
  stream.on('trailers', (trailers) => Object.assign(seen.trailers, trailers));
  stream.on('data', (chunk: Buffer) => {
    seen.bytes += chunk.length;
  });
  await once(stream, 'close');
  return { ...seen, rstCode: stream.rstCode };
}

export type Wire = Awaited<ReturnType<typeof openWire>>;
