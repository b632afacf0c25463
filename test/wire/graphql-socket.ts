import { WebSocket } from 'ws';
import { adminKey } from '../house.ts';

export interface SocketOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocol?: string | string[];
}

export type Frame = Record<string, unknown>;

export type GraphqlSocket = Awaited<ReturnType<typeof openGraphqlSocket>>;

/** A socket that speaks the protocol's frames as they are. @param target `http://host:port` */
export async function openGraphqlSocket(target: string, options: SocketOptions = {}) {
  const { headers = {}, protocol = 'graphql-transport-ws' } = options;
  const url = `${target.replace('http', 'ws')}/graphql`;
  const socket = new WebSocket(url, protocol, { headers });
  const frames: Frame[] = [];
  let wake = () => {};
  socket.on('message', (text) => {
    frames.push(JSON.parse(String(text)));
    wake();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => {
      resolve({ code, reason: String(reason) });
      wake();
    });
  });
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  return {
    socket,
    closed,
    frames,
    send: (frame: unknown) => socket.send(JSON.stringify(frame)),
    /** The next frame; an empty one when the socket is closed. */
    async next(): Promise<Frame> {
      while (frames.length === 0 && socket.readyState === WebSocket.OPEN) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return frames.shift() ?? {};
    },
  };
}

/** The same, welcome already. */
export async function openWelcomeSocket(target: string, key = adminKey) {
  const peer = await openGraphqlSocket(target, { headers: { authorization: `Bearer ${key}` } });
  peer.send({ type: 'connection_init' });
  const ack = await peer.next();
  if (ack.type !== 'connection_ack') throw new Error(`Expected an ack, got ${ack.type}.`);
  return peer;
}
