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

/** A workload as it went over the wire once, by the room's own client. */
export interface CapturedCall {
  /** The request, to be sent again and again. */
  readonly prepared: DriverRequest;
  /** The answer, as the client decoded it. */
  readonly answer: unknown;
  /** Of HTTP or gRPC; 0 of a frame. */
  readonly status: number;
  /** The answer's body, or the text of its frame. */
  readonly body: Buffer;
  /** WebSocket only: the server's first frame. */
  readonly welcome: string;
}

type ReplyCheck = (answer: DriverReply) => boolean;

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
export function checkOf(workload: Workload, { prepared, status, body }: CapturedCall): ReplyCheck {
  const { fragments } = workload;
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

/** Performs the workload once over a capturing link, and returns the exchange. */
async function overCapture<Item>(
  start: Promise<Capture<Item>>,
  perform: (port: number) => Promise<unknown>,
): Promise<{ readonly answer: unknown; readonly items: readonly Item[] }> {
  const capture = await start;
  try {
    return { answer: await perform(capture.port), items: capture.items };
  } finally {
    await capture.close();
  }
}

/**
 * Lets the room's own client perform a workload once, on the very process that is to be measured.
 * Its request is then sent again and again, and its answer is expected each time.
 */
export async function captureWorkload(
  workload: Workload,
  { address, fixtures }: { readonly address: Address; readonly fixtures: Fixtures },
  wire: CallWire,
  opening: ClientOpening,
): Promise<CapturedCall> {
  const target = { host: address.host, port: portOf(address, wire), ca: address.ca };
  const perform = async (port: number) => {
    const client = await openClient(wire, port, { key: address.key ?? adminKey, ...opening });
    try {
      return await workload.perform(client, fixtures, marker);
    } finally {
      await client.close();
    }
  };
  if (wire === 'websocket') {
    const { answer, items } = await overCapture(captureWebsocket(target, '/ws'), perform);
    const textsOf = (side: Frame['from']) =>
      items.filter(({ from }) => from === side).map(({ text }) => text);
    const [hello = '', frame = ''] = textsOf('client');
    const [welcome = ''] = textsOf('server');
    const request = { path: '/ws', protocol: 'payments.v1.json', hello, frame };
    return {
      prepared: { protocol: 'websocket', request },
      answer,
      status: 0,
      body: Buffer.from(last(textsOf('server'))),
      welcome,
    };
  }
  const isHttp2 = wire === 'grpc' || wire === 'rest-http2';
  const capture = isHttp2 ? captureHttp2(target) : captureHttp1(target);
  const { answer, items } = await overCapture(capture, perform);
  const exchange = last(items);
  const request = requestOf(exchange);
  return {
    prepared: isHttp2
      ? { protocol: 'http2', request, grpc: wire === 'grpc' }
      : { protocol: 'http1', request },
    answer,
    status: wire === 'grpc' ? 0 : exchange.status,
    body: exchange.responseBody,
    welcome: '',
  };
}
