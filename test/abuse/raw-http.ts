import { connect } from 'node:net';

/** A response as it came over the connection. */
export interface RawResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Sends bytes on a connection of its own, and resolves with the first `count` responses, or with
 * fewer when the connection ends before.
 */
export function exchange(port: number, text: string, count = 1): Promise<readonly RawResponse[]> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(text, 'latin1'));
    let received = '';
    const done = () => {
      resolve(responsesIn(received));
      socket.destroy();
    };
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      received += chunk;
      if (responsesIn(received).length >= count) done();
    });
    socket.on('error', done).on('close', done);
  });
}

/** The only response to these bytes. */
export async function responseTo(port: number, text: string): Promise<RawResponse> {
  const [response] = await exchange(port, text);
  if (!response) throw new Error('Expected a response, got the end of the connection.');
  return response;
}

/** The complete responses; each has a content length or no body. */
function responsesIn(received: string): RawResponse[] {
  const responses: RawResponse[] = [];
  for (let rest = received; ; ) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return responses;
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    const status = Number(first.split(' ')[1]);
    const length = Number(headers['content-length'] ?? 0);
    const body = rest.slice(end + 4, end + 4 + length);
    if (body.length < length) return responses;
    responses.push({ status, headers, body });
    rest = rest.slice(end + 4 + length);
  }
}

/** A request with its headers as lines. */
export const requestText = (line: string, ...headers: readonly string[]): string =>
  `${[line, ...headers].join('\r\n')}\r\n\r\n`;
