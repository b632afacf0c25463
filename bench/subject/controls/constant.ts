import { readFileSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';

/** What a control answers: the bytes that the real server answered, captured from it. */
export interface Constants {
  /** The body of REST, to a read and to a create. */
  readonly rest: string;
  readonly restCreated: string;
  /** The result of GraphQL as JSON, `{ data, extensions }`. */
  readonly graphql: { readonly data: unknown; readonly extensions?: unknown };
  /** The gRPC method's path, and its message without the five bytes before it, in base64. */
  readonly grpc: { readonly path: string; readonly message: string };
  /** The frames of WebSocket, as text. */
  readonly websocket: { readonly welcome: string; readonly result: string };
}

/** The constants in the file that this process was given. */
export const constants: Constants = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));

/** Listens on a free port and says so as the real server does. */
export const serve = (server: Server): void => {
  server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));
};

export const announce = (http: number, grpc?: number): void => {
  console.log(`ready ${JSON.stringify({ http, grpc })}`);
};
