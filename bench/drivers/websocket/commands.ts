import { randomBytes } from 'node:crypto';
import { numbered } from '../driver.ts';
import type { Marker } from '../marker.ts';
import type { Pending } from '../pending.ts';
import { applyMask, maskedFrame, opcode } from './frames.ts';

/** A place for one command at a time on a connection, with its id. */
export interface CommandSlot {
  readonly id: number;
  /** The frame of the command of this number, with a fresh marker. Valid until the next one. */
  frameOf(which: number): Buffer;
  pending: Pending | undefined;
}

/** The id that stands in a captured command, as JSON. @throws Error if there is none */
function idIn(text: string): string {
  // Whatever it is, only a string in `id` passes.
  const { id } = JSON.parse(text) as { readonly id?: unknown };
  const written = `"id":${JSON.stringify(id)}`;
  if (typeof id !== 'string' || !text.includes(written)) {
    throw new Error(`Expected a command with its "id":"…", got ${text.slice(0, 120)}`);
  }
  return written;
}

/** A command of one slot as a frame, whose marker can be replaced under the mask. */
function encodeCommand(text: string, marker: Marker) {
  const payload = Buffer.from(text);
  const mask = randomBytes(4);
  const { bytes: frame, start } = maskedFrame(opcode.text, payload, mask);
  const offsets = marker.placesIn(payload);
  const places = offsets.map((offset) => start + offset);
  return {
    frame,
    renew() {
      if (places.length === 0) return;
      marker.renew();
      marker.write(frame, places);
      for (const offset of offsets) applyMask(frame, start + offset, marker.length, mask, offset);
    },
  };
}

/**
 * Encodes the command of slot after slot, and again only if a slot sends another one next.
 * @throws Error if a captured command has no id
 */
export function createCommands(
  texts: readonly string[],
  marker: Marker,
): (id: number) => CommandSlot {
  const commands = texts.map((text) => ({ text, written: idIn(text) }));
  return (id) => {
    let encoded: ReturnType<typeof encodeCommand> | undefined;
    let last = -1;
    return {
      id,
      pending: undefined,
      frameOf(which) {
        if (which !== last) encoded = undefined;
        last = which;
        const { text, written } = numbered(commands, which);
        encoded ??= encodeCommand(text.replace(written, `"id":"${id}"`), marker);
        encoded.renew();
        return encoded.frame;
      },
    };
  };
}

const idStart = Buffer.from('"id":"');
const quote = 34;
const zero = 48;

/**
 * Finds the first `"id":"…"` in a frame that names a slot which waits for an answer: what is in
 * the answer may have ids of its own.
 */
export function slotOf(
  slots: readonly CommandSlot[],
  bytes: Uint8Array,
  start: number,
  end: number,
): CommandSlot | undefined {
  let matched = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    matched = byte === idStart[matched] ? matched + 1 : byte === quote ? 1 : 0;
    if (matched < idStart.length) continue;
    let id = 0;
    let digit = (bytes[at + 1] ?? 0) - zero;
    for (; digit >= 0 && digit <= 9; digit = (bytes[at + 1] ?? 0) - zero) {
      id = id * 10 + digit;
      at += 1;
    }
    const slot = bytes[at + 1] === quote ? slots[id] : undefined;
    if (slot?.pending) return slot;
    matched = 0;
  }
  return undefined;
}
