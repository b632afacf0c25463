import type { Socket } from 'node:net';

/** Collects what a connection sends in one turn of the event loop, and sends it in one write. */
export interface WriteBatch {
  /** Reserves that many bytes, from `at` on; fill them before this turn ends. */
  reserve(length: number): { readonly bytes: Buffer; readonly at: number };
  /** Appends these bytes. Do not change them afterwards. */
  add(bytes: Uint8Array): void;
}

const size = 64 * 1024;

/**
 * Sends in a tick, which runs after all promise jobs that are ready, so that the calls that follow
 * a batch of responses leave as a batch too.
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
