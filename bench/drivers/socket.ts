import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Where a driver connects to. */
interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** TLS with this certificate as the only authority. Clear text if omitted. */
  readonly ca?: string | undefined;
}

interface SocketEvents {
  /** Before any byte comes. */
  readonly onOpen?: (socket: Socket) => void;
  /** The first `length` bytes are new; valid until this returns. */
  readonly onBytes: (bytes: Buffer, length: number) => void;
  /** Once, when the connection is over, however that came. Not before it was open. */
  readonly onLost: (reason: Error) => void;
}

const readBytes = 64 * 1024;

/** The name in the self-made certificate of the bench. */
const servername = 'localhost';

/**
 * Opens a connection whose bytes come in one buffer that is used again and again, past the
 * machinery of streams.
 * @param protocol for ALPN, over TLS
 * @throws Error if the connection cannot be had
 */
export function openSocket(
  { host, port, ca }: Endpoint,
  protocol: 'http/1.1' | 'h2',
  { onOpen, onBytes, onLost }: SocketEvents,
): Promise<Socket> {
  const buffer = Buffer.allocUnsafe(readBytes);
  const onread = {
    buffer,
    callback(length: number) {
      onBytes(buffer, length);
      return true;
    },
  };
  return new Promise((resolve, reject) => {
    let isOpen = false;
    let cause = 'it was closed';
    const to = { host, port, onread };
    const socket = ca
      ? connectTls({ ...to, ca, servername, ALPNProtocols: [protocol] })
      : connect(to);
    socket.setNoDelay(true);
    socket.once(ca ? 'secureConnect' : 'connect', () => {
      isOpen = true;
      onOpen?.(socket);
      resolve(socket);
    });
    socket.on('error', (error) => {
      cause = error.message;
    });
    socket.once('close', () => {
      if (isOpen) onLost(new Error(`Expected a response, lost the connection: ${cause}`));
      else reject(new Error(`Expected a connection to ${host}:${port}, got none: ${cause}`));
    });
  });
}
