const prefixBytes = 5;

/**
 * Follows the length-prefixed messages of a request (PROTOCOL-HTTP2.md, Length-Prefixed-Message),
 * because grpc-js passes over flags that do not exist and over messages that are cut short.
 */
export class Framing {
  /** What is wrong with a frame so far, if anything. */
  fault: string | undefined;
  readonly #encoded: boolean;
  /** Bytes of the prefix that were read; all of them while in a message. */
  #prefixRead = 0;
  #length = 0;
  /** Bytes of the message that are still to come. */
  #left = 0;

  /** @param encoding the call's `grpc-encoding`; none if omitted */
  constructor(encoding: string | undefined) {
    this.#encoded = encoding !== undefined && encoding !== 'identity';
  }

  /** To be called with every chunk before grpc-js gets it. */
  read(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#prefixRead < prefixBytes) {
        // An index below the length.
        this.#readPrefix(chunk[at] as number);
        at += 1;
      } else {
        const taken = Math.min(this.#left, chunk.length - at);
        this.#left -= taken;
        at += taken;
      }
      if (this.#prefixRead === prefixBytes && this.#left === 0) this.#prefixRead = 0;
    }
  }

  /** What is wrong when the request has ended. */
  faultAtEnd(): string | undefined {
    if (this.fault !== undefined || this.#prefixRead === 0) return this.fault;
    return this.#prefixRead < prefixBytes
      ? `expected a message prefix of ${prefixBytes} bytes, got ${this.#prefixRead} and the end`
      : `expected a message of ${this.#length} bytes, got ${this.#length - this.#left} and the end`;
  }

  #readPrefix(byte: number): void {
    if (this.#prefixRead === 0) {
      this.#length = 0;
      if (byte !== 0) this.#checkFlag(byte);
    } else {
      this.#length = this.#length * 256 + byte;
    }
    this.#prefixRead += 1;
    this.#left = this.#length;
  }

  #checkFlag(flag: number): void {
    if (flag > 1) this.fault ??= `expected a Compressed-Flag of 0 or 1, got ${flag}`;
    if (this.#encoded) return;
    this.fault ??= 'expected a grpc-encoding for a message with Compressed-Flag 1, got none';
  }
}
