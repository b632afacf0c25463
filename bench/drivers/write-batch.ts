import type { Socket } from 'node:net';

/** What is to be sent on a connection: all of one turn of the event loop leaves in one write. */
export interface WriteBatch {
  /** Room for that many bytes, from `at` on; to be filled before this turn ends. */
  reserve(length: number): { readonly bytes: Buffer; readonly at: number };
  /** Sends these as they are, behind all that came before; not to be changed afterwards. */
  add(bytes: Uint8Array): void;
}

const size = 64 * 1024;

/**
 * A buffer in front of a socket. It leaves in a tick, which runs after all promise jobs that are
 * ready: the calls that a batch of answers leads to leave as a batch.
 */
export function createWriteBatch(socket: Socket): WriteBatch {
  let buffer = Buffer.allocUnsafe(size);
  let length = 0;
  let isDue = false;
  const flush = () => {
    isDue = false;
    if (length === 0) return;
    const full = length;
    length = 0;
    socket.write(full === size ? buffer : buffer.subarray(0, full));
    // Bytes that the kernel has not taken are still read from the buffer.
    if (socket.writableLength > 0) buffer = Buffer.allocUnsafe(size);
  };
  const batch: WriteBatch = {
    reserve(count) {
      if (length + count > buffer.length) flush();
      if (count > buffer.length) {
        throw new Error(`Expected at most ${size} bytes at once, got ${count}.`);
      }
      const at = length;
      length += count;
      if (!isDue) {
        isDue = true;
        process.nextTick(flush);
      }
      return { bytes: buffer, at };
    },
    add(bytes) {
      if (bytes.length <= 1024) {
        const { bytes: room, at } = batch.reserve(bytes.length);
        room.set(bytes, at);
        return;
      }
      flush();
      socket.write(bytes);
    },
  };
  return batch;
}
