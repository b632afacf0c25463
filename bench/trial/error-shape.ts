import {
  type Capture,
  type CaptureTarget,
  captureHttp1,
  captureHttp2,
  captureWebsocket,
  type Exchange,
  type Frame,
} from '../link/capture.ts';
import type { CallWire } from '../result/wires.ts';

/** The names of gRPC's status codes, by number (grpc.io, "Status codes and their use"). */
const grpcStatusNames = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

const ofHttp = ({ status, responseHeaders }: Exchange): string =>
  `${status} ${(responseHeaders['content-type'] ?? '').split(';', 1)[0]}`;

function ofGrpc({ status, responseHeaders, trailers }: Exchange): string {
  const head = { ...responseHeaders, ...trailers };
  const name = grpcStatusNames[Number(head['grpc-status'])] ?? `HTTP ${status}`;
  return head['grpc-status-details-bin'] ? `${name}, details` : name;
}

function ofGraphql({ status, responseBody }: Exchange): string {
  // Any answer of GraphQL is an object of these two.
  const { data, errors } = JSON.parse(responseBody.toString()) as {
    readonly data?: { readonly result: { readonly __typename?: string } | null } | null;
    readonly errors?: unknown;
  };
  if (errors !== undefined) return `${status} errors[]`;
  return `${status} data: ${data?.result ? data.result.__typename : 'null'}`;
}

function ofFrame({ text }: Frame): string {
  // Any frame of the server is an object with a type.
  const frame = JSON.parse(text) as { type: string; id?: string; error?: { status?: number } };
  const about = frame.id === undefined ? 'of the connection' : 'of the call';
  return `${frame.type} frame ${about}, status ${frame.error?.status}`;
}

async function lastShape<Item>(
  start: Promise<Capture<Item>>,
  shapeOf: (item: Item) => string,
  use: (port: number) => Promise<unknown>,
): Promise<string> {
  const capture = await start;
  try {
    await use(capture.port);
    const item = capture.items.at(-1);
    return item === undefined ? 'nothing' : shapeOf(item);
  } finally {
    await capture.close();
  }
}

/** How a wire reports the failure that `use` provokes: the last message on a capturing link. */
export function shapeOn(
  wire: CallWire,
  target: CaptureTarget,
  use: (port: number) => Promise<unknown>,
): Promise<string> {
  switch (wire) {
    case 'rest':
      return lastShape(captureHttp1(target), ofHttp, use);
    case 'graphql':
      return lastShape(captureHttp1(target), ofGraphql, use);
    case 'websocket':
      return lastShape(captureWebsocket(target, '/ws'), ofFrame, use);
    case 'grpc':
    case 'rest-http2':
      return lastShape(captureHttp2(target), ofGrpc, use);
  }
}
