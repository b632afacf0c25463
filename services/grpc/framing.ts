/**
 * Maximum request size, above any legal request: 50 pairs of 540 characters of 3 bytes are 81,000
 * bytes.
 */
export const maxRequestBytes = 128 * 1024;
/**
 * Maximum requests of one stream; a client that reflects on the whole contract sends a few dozen.
 */
export const maxRequestsOfStream = 200;
/** Maximum compressed messages of one call, because grpc-js unpacks all of a chunk at once. */
const maxCompressed = 20;

const prefixBytes = 5;
const none = Buffer.alloc(0);

/**
 * Cuts what a client sends into messages (PROTOCOL-HTTP2.md, Length-Prefixed-Message), instead of
 * the decoder of grpc-js. That decoder accepts unknown flags and truncated messages, and unpacks
 * every message of a chunk at once, however many there are: 64 KiB of empty ones take a third of a
 * second.
 */
export class Framing {
  readonly #encoded: boolean;
  readonly #maxMessages: number;
  readonly #refuse: (violation: string) => void;
  /** True if nothing that still arrives is part of the call. */
  #deaf = false;
  #messages = 0;
  #compressed = 0;
  /** The incomplete message: its first bytes, their count, and its full size. */
  #held = none;
  #read = 0;
  #length = 0;

  /**
   * @param encoding the call's `grpc-encoding`. Defaults to none.
   * @param maxMessages messages beyond it are dropped: the receiver of the last one must refuse the
   *   call
   * @param refuse called once, when a frame cannot be a request
   */
  constructor(
    encoding: string | undefined,
    maxMessages: number,
    refuse: (violation: string) => void,
  ) {
    this.#encoded = encoding !== undefined && encoding !== 'identity';
    this.#maxMessages = maxMessages;
    this.#refuse = refuse;
  }

  /**
   * Returns the messages that this chunk completes, each with its prefix.
   * @throws Error if one is larger than allowed, or too many are compressed; grpc-js then reports
   *   RESOURCE_EXHAUSTED
   */
  write(chunk: Buffer): readonly Buffer[] {
    if (this.#deaf) return [];
    // Almost every request is one message, and arrives in one piece.
    if (this.#read === 0 && this.#isOneMessage(chunk)) {
      this.#count();
      return [chunk];
    }
    const complete: Buffer[] = [];
    for (let at = 0; at < chunk.length; ) {
      const end = Math.min(chunk.length, at + this.#missing());
      this.#hold(chunk.subarray(at, end));
      at = end;
      if (this.#deaf) break;
      if (this.#read === prefixBytes) this.#readLength();
      if (this.#missing() === 0) {
        complete.push(this.#held.subarray(0, this.#read));
        this.#held = none;
        this.#read = 0;
        this.#count();
        if (this.#deaf) break;
      }
    }
    return complete;
  }

  /** Refuses the call if the request ended within a message. */
  end(): void {
    if (this.#deaf || this.#read === 0) return;
    this.#fail(
      this.#read < prefixBytes
        ? `expected a message prefix of ${prefixBytes} bytes, got ${this.#read} and the end`
        : `expected a message of ${this.#length} bytes, got ${this.#read - prefixBytes} and the end`,
    );
  }

  #isOneMessage(chunk: Buffer): boolean {
    if (chunk.length < prefixBytes || chunk.length > prefixBytes + maxRequestBytes) return false;
    return chunk[0] === 0 && chunk.readUInt32BE(1) === chunk.length - prefixBytes;
  }

  /** Bytes missing up to the end of the prefix, or of the message. */
  #missing(): number {
    return this.#read < prefixBytes
      ? prefixBytes - this.#read
      : prefixBytes + this.#length - this.#read;
  }

  /** The buffer doubles, so that a message of one byte a frame is neither slow nor many objects. */
  #hold(bytes: Buffer): void {
    const read = this.#read + bytes.length;
    if (read > this.#held.length) {
      const grown = Buffer.allocUnsafe(Math.max(read, 2 * this.#held.length));
      this.#held.copy(grown, 0, 0, this.#read);
      this.#held = grown;
    }
    bytes.copy(this.#held, this.#read);
    if (this.#read === 0) this.#checkFlag(this.#held.readUInt8(0));
    this.#read = read;
  }

  #readLength(): void {
    this.#length = this.#held.readUInt32BE(1);
    if (this.#length > maxRequestBytes) {
      this.#exhaust(`a message of at most ${maxRequestBytes} bytes, got ${this.#length}`);
    }
    this.#compressed += this.#held.readUInt8(0);
    if (this.#compressed > maxCompressed) {
      this.#exhaust(`at most ${maxCompressed} compressed messages in one call, got more`);
    }
  }

  #exhaust(expected: string): never {
    this.#deaf = true;
    throw new Error(`Expected ${expected}.`);
  }

  #checkFlag(flag: number): void {
    if (flag > 1) this.#fail(`expected a Compressed-Flag of 0 or 1, got ${flag}`);
    else if (flag === 1 && !this.#encoded) {
      this.#fail('expected a grpc-encoding for a message with Compressed-Flag 1, got none');
    }
  }

  #count(): void {
    this.#messages += 1;
    if (this.#messages >= this.#maxMessages) this.#deaf = true;
  }

  #fail(violation: string): void {
    this.#deaf = true;
    this.#refuse(violation);
  }
}
