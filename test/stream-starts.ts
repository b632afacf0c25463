import { credentials, Client as GrpcClient, Metadata } from '@grpc/grpc-js';
import { WebSocket } from 'ws';
import type { Fivewire } from '../services/main.ts';
import { eventService } from '../services/wire/protobuf/contract.ts';
import { adminKey } from './house.ts';

/** What the streams of each wire send before their first event. */

type Ports = Fivewire['ports'];

const authorization = `Bearer ${adminKey}`;

/** The first bytes of an event stream. */
export async function startOf({ http }: Ports, path: string): Promise<string> {
  const end = new AbortController();
  const response = await fetch(`http://127.0.0.1:${http}${path}`, {
    headers: { authorization, accept: 'text/event-stream' },
    signal: end.signal,
  });
  let text = '';
  for await (const bytes of response.body ?? []) {
    text += Buffer.from(bytes).toString();
    if (text.includes('\n\n')) break;
  }
  end.abort();
  return text;
}

/** Whether the metadata before the first event of WatchEvents have the sequence. */
export function startByGrpc({ grpc }: Ports): Promise<boolean> {
  const client = new GrpcClient(`127.0.0.1:${grpc}`, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('authorization', authorization);
  const { path } = eventService.WatchEvents;
  const same = (message: Buffer) => message;
  return new Promise((resolve) => {
    const call = client.makeServerStreamRequest(path, same, same, Buffer.alloc(0), metadata);
    call.on('error', () => client.close());
    call.on('metadata', (sent: Metadata) => {
      resolve(sent.get('x-sequence').length > 0);
      call.cancel();
    });
  });
}

/** Whether `subscribed` has the sequence. */
export function startBySocket({ http }: Ports): Promise<boolean> {
  const socket = new WebSocket(`ws://127.0.0.1:${http}/ws`, {
    headers: { authorization },
  });
  return new Promise((resolve) => {
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data));
      if (frame.type === 'welcome') {
        socket.send(JSON.stringify({ id: '1', type: 'subscribe' }));
      } else {
        socket.close();
        resolve(typeof frame.sequence === 'number');
      }
    });
  });
}
