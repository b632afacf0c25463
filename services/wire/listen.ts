/** What the operator can do about an address that the server cannot listen on. */
const whyNot: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use',
  EADDRNOTAVAIL: 'this machine does not have the address',
  EACCES: 'the port needs more rights',
  ENOTFOUND: 'the host is not known',
};

/** What should listen, and the setting that names its port. */
export interface Listener {
  readonly what: string;
  readonly setting: string;
}

/**
 * Returns a one-line error for a server that cannot listen.
 *
 * @param cause its message contains the system's code if it has no `code` of its own, as in grpc-js
 */
export function cannotListen(
  { what, setting }: Listener,
  { host, port }: { readonly host: string; readonly port: number },
  cause: NodeJS.ErrnoException,
): Error {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const code = cause.code ?? /\bE[A-Z]{4,}\b/.exec(cause.message)?.[0] ?? '';
  const reason = whyNot[code] ?? cause.message;
  const advice = code === 'EADDRINUSE' ? ` Set ${setting} to another port, or to 0 for any.` : '';
  return new Error(`Cannot listen for ${what} on ${address}: ${reason}.${advice}`, { cause });
}
