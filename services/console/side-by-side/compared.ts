import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Wire } from '../../config.ts';
import { type OperationName, operations } from '../../core/operations.ts';
import type { OperationCaptures, WireCapture } from './captures.ts';
import type { ComparedName } from './excerpts.ts';
import { http1Message } from './http1-lines.ts';
import { againNote, http2Message, methodAt, pathsIn } from './http2-lines.ts';
import type { ShownMessage } from './shown.ts';
import { websocketMessage } from './websocket-lines.ts';

/** The operations that are compared, and what was captured of them. */

export const wireLabels: Readonly<Record<Wire, string>> = {
  rest: 'REST',
  grpc: 'gRPC',
  graphql: 'GraphQL',
  websocket: 'WebSocket',
  sse: 'SSE',
};

// The keys of a constant are known.
export const comparedWires = Object.keys(wireLabels) as readonly Wire[];

const summaryOfScreen =
  'Loads a customer, the payments and the refunds of each, as one screen shows.';

export const summaryOf = (name: ComparedName): string =>
  name === 'screen' ? summaryOfScreen : operations[name].summary;

// The keys of the table are its names.
const names = Object.keys(operations) as readonly OperationName[];

const group = (label: string, resources: readonly string[]) => ({
  label,
  // Reads first: they are the plainest.
  names: names
    .filter((name) => resources.includes(operations[name].output.resource))
    .sort((a, b) => operations[a].effect.localeCompare(operations[b].effect)),
});

/** The operations as the page lists them. */
export const groups: readonly {
  readonly label: string;
  readonly names: readonly ComparedName[];
}[] = [
  group('Payments', ['payment']),
  group('Refunds', ['refund']),
  group('Customers', ['customer']),
  group('Events', ['event']),
  group('Keys', ['key', 'createdKey']),
  { label: 'Together', names: ['screen'] },
];

export const comparedNames = groups.flatMap((each) => each.names);

/** Why a wire has no column. */
export function absenceOf(name: ComparedName, wire: Wire): string | undefined {
  const isStream = name !== 'screen' && operations[name].effect === 'stream';
  if (isStream && wire === 'rest')
    return 'REST has no stream: its client polls the list of events, and browsers use SSE.';
  if (!isStream && wire === 'sse')
    return 'SSE only sends events to the client, so it does not have this operation.';
  return undefined;
}

/** One call on one wire. */
export interface ComparedCall {
  readonly request: ShownMessage;
  readonly response: ShownMessage;
}

function callOf(captured: WireCapture): ComparedCall {
  switch (captured.protocol) {
    case 'http1':
      return { request: http1Message(captured.request), response: http1Message(captured.response) };
    case 'websocket': {
      const { setup, request, response } = captured;
      return {
        request: websocketMessage(request, setup.request),
        response: websocketMessage(response, setup.response),
      };
    }
    case 'http2': {
      const pathOf = pathsIn(captured.request);
      const side = (of: 'request' | 'response'): ShownMessage => {
        const shown = http2Message({
          frames: captured[of],
          setupBytes: captured.setup[of],
          descriptorOf: (stream) => methodAt(pathOf.get(stream))?.[of],
        });
        return { ...shown, notes: [...againNote(captured.again, of), ...shown.notes] };
      };
      return { request: side('request'), response: side('response') };
    }
  }
}

const folder = join(import.meta.dirname, 'captures');

/** By `ok` and error codes, then by wires; undefined if the captures are not there. */
export function callsOf(
  name: ComparedName,
): ReadonlyMap<string, ReadonlyMap<Wire, ComparedCall>> | undefined {
  const path = join(folder, `${name}.json`);
  if (!existsSync(path)) return undefined;
  // Written by the generator of this type.
  const captures = JSON.parse(readFileSync(path, 'utf8')) as OperationCaptures;
  return new Map(
    Object.entries(captures).map(([end, byWire]) => [
      end,
      new Map(
        comparedWires.flatMap((wire) => {
          const captured = byWire[wire];
          return captured ? [[wire, callOf(captured)] as const] : [];
        }),
      ),
    ]),
  );
}
