import type { Client } from '../../services/core/client.ts';
import type { DriverReply, HttpRequest } from '../drivers/driver.ts';
import type { DriverRequest } from '../drivers/open-driver.ts';
import {
  type Capture,
  captureHttp1,
  captureHttp2,
  captureWebsocket,
  type Exchange,
  type Frame,
} from '../link/capture.ts';
import type { CallWire } from '../result/wires.ts';
import type { Address } from '../subject/address.ts';
import { adminKey, type ClientOpening, openClient, portOf } from '../subject/clients.ts';
import type { Fixtures } from '../subject/fixtures.ts';
import { marker, type Workload } from './workload.ts';

/** A request and its response, as they went over the wire once, by the room's own client. */
export interface CapturedExchange {
  /** The request, to be sent again and again. */
  readonly prepared: DriverRequest;
  /** Of HTTP or gRPC; 0 of a frame. */
  readonly status: number;
  /** The answer's body, or the text of its frame. */
  readonly body: Buffer;
  /** WebSocket only: the server's first frame. */
  readonly welcome: string;
}

/** A workload of one request. */
export interface CapturedCall extends CapturedExchange {
  /** The answer, as the client decoded it. */
  readonly answer: unknown;
}

/** What a client did once, and the exchanges that it took, in the order of their responses. */
interface CapturedWork {
  readonly answer: unknown;
  readonly exchanges: readonly CapturedExchange[];
}

const hopByHop = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'http2-settings',
]);

const requestOf = ({ method, path, requestHeaders, requestBody }: Exchange): HttpRequest => ({
  method,
  path,
  headers: Object.fromEntries(
    Object.entries(requestHeaders).filter(([name]) => !hopByHop.has(name) && name[0] !== ':'),
  ),
  body: requestBody,
});

function last<Item>(items: readonly Item[]): Item {
  const item = items.at(-1);
  if (item === undefined) throw new Error('Expected an exchange on the link, saw none.');
  return item;
}

/** What a frame says, after the ids that every call has of its own. */
const output = '"output":';

const bytesOf = ({ buffer, byteOffset, length }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, length);

/**
 * Checks that a response equals the captured one: byte for byte, or by the fragments that all
 * responses of the workload have.
 */
export function checkOf(
  { fragments }: Pick<Workload, 'name' | 'fragments'>,
  { prepared, status, body }: Pick<CapturedExchange, 'prepared' | 'status' | 'body'>,
): (answer: DriverReply) => boolean {
  if (fragments) {
    // An id or a time may take a few bytes less than those that were captured.
    const fewest = body.length - 12;
    return (answer) => {
      if (answer.status !== status || answer.body.length < fewest) return false;
      const text = bytesOf(answer.body);
      return fragments.every((fragment) => text.includes(fragment, 0, 'latin1'));
    };
  }
  if (prepared.protocol !== 'websocket') {
    return (answer) => answer.status === status && body.equals(answer.body);
  }
  const said = body.subarray(body.indexOf(output));
  return ({ body: got }) => said.equals(got.subarray(got.length - said.length));
}

type Work = (client: Client) => Promise<unknown>;

/** Lets a client do one thing after the other over a capturing link. */
async function overCapture<Item>(
  start: Promise<Capture<Item>>,
  open: (port: number) => Promise<Client>,
  works: readonly Work[],
  exchangesIn: (items: readonly Item[], all: readonly Item[]) => readonly CapturedExchange[],
): Promise<CapturedWork[]> {
  const capture = await start;
  try {
    const client = await open(capture.port);
    try {
      const done: CapturedWork[] = [];
      for (const work of works) {
        const before = capture.items.length;
        const answer = await work(client);
        const exchanges = exchangesIn(capture.items.slice(before), capture.items);
        done.push({ answer, exchanges });
      }
      return done;
    } finally {
      await client.close();
    }
  } finally {
    await capture.close();
  }
}

const idOf = (text: string): unknown => JSON.parse(text).id;

/** The commands among frames, each with the frame that answers it. */
function commandsIn(frames: readonly Frame[], all: readonly Frame[]): CapturedExchange[] {
  const textsOf = (side: Frame['from'], of: readonly Frame[]) =>
    of.filter(({ from }) => from === side).map(({ text }) => text);
  // The first frame of a connection is its hello, and the server's is its welcome.
  const [hello = ''] = textsOf('client', all);
  const [welcome = ''] = textsOf('server', all);
  return textsOf('server', frames).flatMap((reply) => {
    const frame = textsOf('client', frames).find(
      (text) => text !== hello && idOf(text) === idOf(reply),
    );
    if (frame === undefined) return [];
    const request = { path: '/ws', protocol: 'payments.v1.json', hello, frame };
    const prepared = { protocol: 'websocket', request } as const;
    return [{ prepared, status: 0, body: Buffer.from(reply), welcome }];
  });
}

/**
 * Lets the room's own client do things, one after the other, on the very process that is to be
 * measured. Its requests are then sent again and again, and its answers are expected each time.
 */
export function captureAll(
  works: readonly Work[],
  address: Address,
  wire: CallWire,
  opening: ClientOpening,
): Promise<CapturedWork[]> {
  const target = { host: address.host, port: portOf(address, wire), ca: address.ca };
  const open = (port: number): Promise<Client> =>
    openClient(wire, port, { key: address.key ?? adminKey, ...opening });
  if (wire === 'websocket') {
    return overCapture(captureWebsocket(target, '/ws'), open, works, commandsIn);
  }
  const isHttp2 = wire === 'grpc' || wire === 'rest-http2';
  const capture = isHttp2 ? captureHttp2(target) : captureHttp1(target);
  return overCapture(capture, open, works, (exchanges) =>
    exchanges.map((exchange) => ({
      prepared: isHttp2
        ? { protocol: 'http2', request: requestOf(exchange), grpc: wire === 'grpc' }
        : { protocol: 'http1', request: requestOf(exchange) },
      status: wire === 'grpc' ? 0 : exchange.status,
      body: exchange.responseBody,
      welcome: '',
    })),
  );
}

/** Captures a workload of one request; of several, the last. */
export async function captureWorkload(
  workload: Workload,
  { address, fixtures }: { readonly address: Address; readonly fixtures: Fixtures },
  wire: CallWire,
  opening: ClientOpening,
): Promise<CapturedCall> {
  const work: Work = (client) => workload.perform(client, fixtures, marker);
  const { answer, exchanges } = last(await captureAll([work], address, wire, opening));
  return { answer, ...last(exchanges) };
}
