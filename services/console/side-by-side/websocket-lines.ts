import { graphqlOutcome } from './http1-lines.ts';
import { jsonLines } from './json-lines.ts';
import { hexOf, own, type ShownLine, type ShownMessage, said } from './shown.ts';

/** Frames of WebSocket (RFC 6455 §5.2) and the JSON in them. */

interface Cut {
  readonly opcode: number;
  readonly header: Buffer;
  readonly mask: Buffer | undefined;
  readonly text: string;
  readonly payload: Buffer;
}

function cut(hex: string): Cut {
  const frame = Buffer.from(hex, 'hex');
  const second = frame[1] ?? 0;
  const lengthBytes = (second & 127) === 126 ? 2 : 0;
  const headerEnd = 2 + lengthBytes;
  const isMasked = second >= 128;
  const mask = isMasked ? frame.subarray(headerEnd, headerEnd + 4) : undefined;
  const raw = frame.subarray(headerEnd + (isMasked ? 4 : 0));
  const payload = mask ? Buffer.from(raw.map((byte, at) => byte ^ (mask[at % 4] ?? 0))) : raw;
  const opcode = (frame[0] ?? 0) & 15;
  return { opcode, header: frame.subarray(0, headerEnd), mask, text: payload.toString(), payload };
}

const close = 8;
const normal = 1000;
const closeCode = ({ payload }: Cut): number => payload.readUInt16BE(0);

/** Frames that only set the connection up, by the types that the two subprotocols give them. */
const ofSetup = /^\{"type":"(hello|welcome|connection_init|connection_ack)"/;

function frameLines({ opcode, header, mask, text, payload }: Cut): ShownLine[] {
  const kind = opcode === close ? 'close' : opcode === 1 ? 'text' : `opcode ${opcode}`;
  const lines = [
    own(`${payload.length} bytes${mask ? ', masked' : ''}`, {
      name: `${kind} frame`,
      hex: hexOf(header),
    }),
  ];
  if (mask) lines.push(own('mask', { hex: hexOf(mask) }));
  if (opcode === close) {
    lines.push(said(String(payload.readUInt16BE(0)), { name: 'code' }));
    lines.push(said(JSON.stringify(payload.subarray(2).toString()), { name: 'reason' }));
    return lines;
  }
  // A set-up is the protocol's own, whatever it says.
  if (ofSetup.test(text)) return [...lines, own(text)];
  return [...lines, ...(jsonLines(text) ?? [said(text)])];
}

/** How the last frame says that the call ended. */
function outcomeOf(frames: readonly Cut[]): string | undefined {
  // A close without an error only says goodbye.
  const last = frames.findLast((one) => one.opcode !== close || closeCode(one) !== normal);
  if (!last) return undefined;
  if (last.opcode === close) return `close ${closeCode(last)}`;
  // Any frame of the server is an object with a type.
  const { type, error, payload } = JSON.parse(last.text) as {
    readonly type: string;
    readonly error?: { readonly status?: number };
    readonly payload?: unknown;
  };
  if (error?.status !== undefined) return `${type} frame, status ${error.status}`;
  if (type === 'next') return `next frame, ${graphqlOutcome(JSON.stringify(payload))}`;
  if (type === 'error')
    return `error frame, ${graphqlOutcome(JSON.stringify({ errors: payload }))}`;
  return `${type} frame`;
}

export function websocketMessage(frames: readonly string[], setupBytes: number): ShownMessage {
  const all = frames.map(cut);
  const outcome = outcomeOf(all);
  const sizeOf = (hex: string) => hex.length / 2;
  const isOfCall = (one: Cut) => !ofSetup.test(one.text);
  const bytes = frames.reduce((sum, hex) => sum + (isOfCall(cut(hex)) ? sizeOf(hex) : 0), 0);
  const setup = frames.reduce((sum, hex) => sum + sizeOf(hex), setupBytes) - bytes;
  return {
    bytes,
    lines: all.flatMap(frameLines),
    notes: [
      `Once a connection: ${setup} bytes, the upgrade from HTTP and the frame that is all grey.`,
    ],
    ...(outcome !== undefined && { outcome }),
  };
}
