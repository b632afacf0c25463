import { readFileSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';

/** What a control answers: the bytes that the real server answered, captured from it. */
export interface Constants {
  /** The body of REST, to a read and to a create. */
  readonly rest: string;
  readonly restCreated: string;
  /** The result of GraphQL as JSON, `{ data, extensions }`. */
  readonly graphql: { readonly data: unknown; readonly extensions?: unknown };
  /**
   * The paths of the gRPC methods that read and create, and the payments that they answer: without
   * the five bytes before a message, in base64.
   */
  readonly grpc: {
    readonly path: string;
    readonly message: string;
    readonly createPath: string;
    readonly created: string;
  };
  /** The frames of WebSocket, as text. */
  readonly websocket: { readonly welcome: string; readonly result: string };
}

/** The constants in the file that this process was given. */
export const constants: Constants = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));

/** How a control writes what it answers, anew for every answer, and reads what it is sent. */
export interface Encoding<Body extends string | Uint8Array = string | Uint8Array> {
  readonly contentType: string;
  /** The body that answers a read. */
  read(): Body;
  /** The body that answers a create. */
  created(): Body;
  /** A create's body. @throws Error if it is in another encoding */
  decode(request: Buffer): unknown;
}

/** Prints its address, as the real server does. */
export const announce = (
  ports: { readonly [port in 'http' | 'http2' | 'grpc']?: number },
): void => {
  console.log(`ready ${JSON.stringify(ports)}`);
};

/** Listens on a free port and prints it. */
export const serve = (server: Server, name: 'http' | 'http2' | 'grpc' = 'http'): void => {
  server.listen(0, '127.0.0.1', () => {
    announce({ [name]: (server.address() as AddressInfo).port });
  });
};
