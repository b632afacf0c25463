import { Http2ServerResponse, type OutgoingHttpHeaders } from 'node:http2';

/**
 * Node's response over HTTP/2 without trailers, which no response here has. Node's own class waits
 * for trailers each time: it keeps the stream open, calls JavaScript again when the body is sent,
 * and then sends another frame just for the end.
 */
export class ResponseWithoutTrailers extends Http2ServerResponse {
  override writeHead(statusCode: number, headers?: OutgoingHttpHeaders | readonly string[]): this;
  override writeHead(
    statusCode: number,
    statusMessage: string,
    headers?: OutgoingHttpHeaders | readonly string[],
  ): this;
  override writeHead(
    statusCode: number,
    second: string | OutgoingHttpHeaders | readonly string[] = {},
    third: OutgoingHttpHeaders | readonly string[] = {},
  ): this {
    const { stream } = this;
    // HTTP/2 has no status message.
    const headers = typeof second === 'string' ? third : second;
    if (Array.isArray(headers) || stream.headersSent) return super.writeHead(statusCode, headers);
    if (stream.destroyed || stream.closed) return this;
    this.statusCode = statusCode;
    stream.respond(
      { ...this.getHeaders(), ...headers, ':status': statusCode },
      { endStream: this.writableEnded },
    );
    return this;
  }
}
