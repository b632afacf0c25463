import type { ServerHttp2Stream } from 'node:http2';

const prefixBytes = 5;

/**
 * Follows the length-prefixed messages of a request (PROTOCOL-HTTP2.md, Length-Prefixed-Message),
 * because grpc-js passes over flags that do not exist and over messages that are cut short.
 */
export interface Framing {
  /** What is wrong with a frame so far, if anything. */
  fault(): string | undefined;
  /** The same when the request has ended. */
  faultAtEnd(): string | undefined;
}

/** Has to be called before anybody else listens to the stream's data. */
export function followFrames(stream: ServerHttp2Stream, encoding: string): Framing {
  /** Bytes of the prefix that were read; all of them while in a message. */
  let prefixRead = 0;
  let length = 0;
  /** Bytes of the message that are still to come. */
  let left = 0;
  let fault: string | undefined;

  function checkFlag(flag: number): void {
    if (flag > 1) fault ??= `expected a Compressed-Flag of 0 or 1, got ${flag}`;
    if (flag === 1 && encoding === 'identity') {
      fault ??= 'expected a grpc-encoding for a message with Compressed-Flag 1, got none';
    }
  }

  stream.on('data', (chunk: Buffer) => {
    let at = 0;
    while (at < chunk.length) {
      if (prefixRead < prefixBytes) {
        // An index below the length.
        const byte = chunk[at] as number;
        if (prefixRead === 0) {
          checkFlag(byte);
          length = 0;
        } else {
          length = length * 256 + byte;
        }
        prefixRead += 1;
        at += 1;
        left = length;
      } else {
        const taken = Math.min(left, chunk.length - at);
        left -= taken;
        at += taken;
      }
      if (prefixRead === prefixBytes && left === 0) prefixRead = 0;
    }
  });

  return {
    fault: () => fault,
    faultAtEnd() {
      if (fault !== undefined || prefixRead === 0) return fault;
      return prefixRead < prefixBytes
        ? `expected a message prefix of ${prefixBytes} bytes, got ${prefixRead} and the end`
        : `expected a message of ${length} bytes, got ${length - left} and the end`;
    },
  };
}
