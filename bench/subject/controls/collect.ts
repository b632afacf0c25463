import type { Readable } from 'node:stream';

/** Calls `then` with all that the stream brings. */
export function collect(stream: Readable, then: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => then(Buffer.concat(chunks)));
}
