import { createHash, randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { type Driver, type DriverOptions, type FrameRequest, requestsOf } from './driver.ts';
import { createHeldBytes } from './held-bytes.ts';
import { createMarker } from './marker.ts';
import { settle } from './pending.ts';
import { openSocket } from './socket.ts';
import { type SharedConnection, type SharedConnectionEvents, spreadOver } from './spread.ts';
import { type CommandSlot, createCommands, slotOf } from './websocket/commands.ts';
import { maskedFrame, opcode, readFrameHead } from './websocket/frames.ts';
import { createWriteBatch, type WriteBatch } from './write-batch.ts';

const acceptFor = (key: string): string =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

const encodeUpgrade = ({ host, port, request }: DriverOptions<FrameRequest>, key: string) =>
  [
    `GET ${request.path} HTTP/1.1`,
    `host: ${host}:${port}`,
    'connection: Upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    `sec-websocket-key: ${key}`,
    `sec-websocket-protocol: ${request.protocol}`,
    '\r\n',
  ].join('\r\n');

/** @throws Error if the server does not agree to WebSocket (RFC 6455 §4.1) */
function requireUpgrade(head: string, key: string): void {
  const accept = /\r\nsec-websocket-accept: *(\S+)/i.exec(head)?.[1];
  if (head.startsWith('HTTP/1.1 101') && accept === acceptFor(key)) return;
  throw new Error(`Expected 101 with the key accepted, got ${head.slice(0, 200)}`);
}

/** What a message is handed to: its text, valid until this returns. */
type OnMessage = (bytes: Buffer, start: number, end: number) => void;

/** Cuts messages out of what comes behind the upgrade. @throws Error if the server closes */
function createMessageReader(batch: () => WriteBatch, onMessage: OnMessage) {
  /** Of a message in fragments, what has come. */
  let fragments: Buffer[] = [];
  const onControl = (code: number, payload: Buffer) => {
    if (code === opcode.ping) {
      batch().add(maskedFrame(opcode.pong, payload, randomBytes(4)).bytes);
    }
    if (code !== opcode.close) return;
    const status = payload.length >= 2 ? payload.readUInt16BE() : 'no status';
    throw new Error(`Expected a response, got a close with ${status} ${payload.subarray(2)}`);
  };
  /** @returns where the first frame starts that has not come as a whole */
  return (bytes: Buffer, from: number, end: number): number => {
    let at = from;
    for (;;) {
      const head = readFrameHead(bytes, at, end);
      if (!head || head.end > end) return at;
      at = head.end;
      if (head.code >= opcode.close) onControl(head.code, bytes.subarray(head.start, head.end));
      else if (head.isFinal && fragments.length === 0) onMessage(bytes, head.start, head.end);
      else {
        fragments.push(Buffer.from(bytes.subarray(head.start, head.end)));
        if (!head.isFinal) continue;
        const whole = Buffer.concat(fragments);
        fragments = [];
        onMessage(whole, 0, whole.length);
      }
    }
  };
}

const headEnd = '\r\n\r\n';

/** @throws Error if the connection cannot be had, or the server does not answer the hello */
function openWebsocketSession(
  options: DriverOptions<FrameRequest>,
  createSlot: (id: number) => CommandSlot,
  { onRoom, onOver }: SharedConnectionEvents,
): Promise<SharedConnection> {
  const { request, check } = options;
  const key = randomBytes(16).toString('base64');
  const slots: CommandSlot[] = [];
  const free: CommandSlot[] = [];
  const held = createHeldBytes();
  let phase: 'upgrading' | 'greeting' | 'open' | 'over' = 'upgrading';

  return new Promise((resolve, reject) => {
    let link: { readonly socket: Socket; readonly batch: WriteBatch } | undefined;
    const batch = () => {
      if (!link) throw new Error('Expected an open connection.');
      return link.batch;
    };
    const say = (text: string) =>
      batch().add(maskedFrame(opcode.text, Buffer.from(text), randomBytes(4)).bytes);
    const end = (reason: Error) => {
      if (phase === 'over') return;
      phase = 'over';
      reject(reason);
      link?.socket.destroy();
      onOver(session);
      for (const { pending } of slots) pending?.reject(reason);
      onRoom();
    };
    const session: SharedConnection = {
      isUsable: () => phase === 'open',
      hasRoom: () => phase === 'open',
      send(call) {
        const slot = free.pop() ?? createSlot(slots.length);
        if (slots.length === slot.id) slots.push(slot);
        slot.pending = call;
        batch().add(slot.frameOf(call.which));
      },
      close: end,
    };
    const readMessages = createMessageReader(batch, (bytes, start, last) => {
      if (phase === 'greeting') {
        phase = 'open';
        return resolve(session);
      }
      const slot = slotOf(slots, bytes, start, last);
      if (!slot?.pending) return;
      const call = slot.pending;
      slot.pending = undefined;
      free.push(slot);
      settle(call, check, 0, bytes.subarray(start, last));
    });
    /** @returns where to go on when more has come */
    const readAll = (bytes: Buffer, length: number): number => {
      if (phase !== 'upgrading') return readMessages(bytes, 0, length);
      const at = bytes.subarray(0, length).indexOf(headEnd);
      if (at < 0) return 0;
      requireUpgrade(bytes.toString('latin1', 0, at + headEnd.length), key);
      phase = 'greeting';
      say(request.hello);
      return readMessages(bytes, at + headEnd.length, length);
    };
    const onBytes = (fresh: Buffer, length: number) => {
      try {
        if (held.length > 0) held.drop(readAll(held.add(fresh, 0, length), held.length));
        else {
          const at = readAll(fresh, length);
          if (at < length) held.add(fresh, at, length);
        }
      } catch (thrown) {
        // Only errors of these files are thrown.
        end(thrown as Error);
      }
    };
    openSocket(options, 'http/1.1', {
      onOpen(socket) {
        link = { socket, batch: createWriteBatch(socket) };
        link.batch.add(Buffer.from(encodeUpgrade(options, key)));
      },
      onBytes,
      onLost: end,
    }).catch(reject);
  });
}

/**
 * A lean client of WebSocket (RFC 6455). Commands go to the connections in turn, and replies are
 * matched by the id of their command. Commands of one turn of the event loop leave in one write.
 * @throws Error if a connection cannot be had, or the server does not answer the hello
 */
export async function openLeanWebsocket(options: DriverOptions<FrameRequest>): Promise<Driver> {
  const frames = requestsOf(options).map(({ frame }) => frame);
  const createSlot = createCommands(frames, createMarker(options.marker));
  return spreadOver(options.connections, (events) =>
    openWebsocketSession(options, createSlot, events),
  );
}
