import { type ClientHttp2Session, connect } from 'node:http2';
import type { Client } from '../../../services/core/client.ts';
import type { ClientOpening } from '../clients.ts';
import { methods } from '../static-messages.ts';
import { inTurn, type PaymentMessage, readingClient } from './reading-client.ts';

const { path, requestSerialize, responseDeserialize } = methods.read;
const prefixBytes = 5;

const framed = (message: Buffer): Buffer => {
  const frame = Buffer.alloc(prefixBytes + message.length);
  frame.writeUInt32BE(message.length, 1);
  message.copy(frame, prefixBytes);
  return frame;
};

/** One unary call, as gRPC's protocol has it over HTTP/2. @throws Error with the call's status */
function callOver(
  session: ClientHttp2Session,
  headers: Readonly<Record<string, string>>,
  message: Buffer,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const stream = session.request(headers);
    const chunks: Buffer[] = [];
    let status: string | undefined;
    const note = (fields: Readonly<Record<string, unknown>>) => {
      const { 'grpc-status': found } = fields;
      if (typeof found === 'string') status = found;
    };
    // An error without a message comes in the headers.
    stream.on('response', note);
    stream.on('trailers', note);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('end', () => {
      if (status === '0') resolve(Buffer.concat(chunks).subarray(prefixBytes));
      else reject(new Error(`Expected gRPC status 0, got ${status}.`));
    });
    stream.end(framed(message));
  });
}

/** By `node:http2` itself, with static messages: what every gRPC client in Node stands on. */
export async function openHttp2Client(port: number, opening: ClientOpening): Promise<Client> {
  const { host = '127.0.0.1', key = '', connections = 1 } = opening;
  const sessions = Array.from({ length: connections }, () => connect(`http://${host}:${port}`));
  // A lost connection fails its calls, too.
  for (const session of sessions) session.on('error', () => {});
  const next = inTurn(sessions);
  const headers = {
    ':method': 'POST',
    ':path': path,
    te: 'trailers',
    'content-type': 'application/grpc+proto',
    authorization: `Bearer ${key}`,
  };
  const read = async (id: string) =>
    // The codec is that of a payment.
    responseDeserialize(
      await callOver(next(), headers, requestSerialize({ id })),
    ) as PaymentMessage;
  return readingClient(read, () => {
    for (const session of sessions) session.destroy();
  });
}
