/** Bytes kept from one read to the next, because what they begin has not come as a whole. */
interface HeldBytes {
  readonly length: number;
  /** Appends these to what is held. @returns all that is held, from the start of a buffer */
  add(bytes: Buffer, start: number, end: number): Buffer;
  /** Forgets the first `count` bytes. */
  drop(count: number): void;
  /** Makes room for as many as that, so that a long message is not copied again and again. */
  expect(length: number): void;
}

export function createHeldBytes(): HeldBytes {
  let buffer: Buffer = Buffer.alloc(0);
  let length = 0;
  const grow = (needed: number) => {
    if (needed <= buffer.length) return;
    const bigger = Buffer.allocUnsafe(Math.max(needed, 2 * buffer.length, 1024));
    buffer.copy(bigger, 0, 0, length);
    buffer = bigger;
  };
  return {
    get length() {
      return length;
    },
    add(bytes, start, end) {
      grow(length + end - start);
      bytes.copy(buffer, length, start, end);
      length += end - start;
      return buffer;
    },
    drop(count) {
      buffer.copyWithin(0, count, length);
      length -= count;
    },
    expect: grow,
  };
}
