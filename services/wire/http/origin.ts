/** Whether a browser's page may open a WebSocket or read responses; true for other clients. */
export type AllowsOrigin = (headers: {
  readonly origin?: string | undefined;
  readonly host?: string | undefined;
}) => boolean;

/**
 * Allows pages of the server's own host and of the listed origins; `*` allows all. Otherwise a page
 * of another origin could open a connection from inside its visitor's network (RFC 6455 §10.2).
 */
export function createAllowsOrigin(allowed: readonly string[]): AllowsOrigin {
  const origins = new Set(allowed);
  return ({ origin, host }) =>
    origin === undefined ||
    origins.has('*') ||
    origins.has(origin) ||
    (host !== undefined && isOfHost(origin, host));
}

/**
 * RFC 9110 §4.2: a browser omits default ports in an origin, a proxy may write them into `Host`.
 */
const defaultPorts: Readonly<Record<string, string>> = { 'http:': ':80', 'https:': ':443' };

function isOfHost(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  const here = host.toLowerCase();
  if (page.host === here) return true;
  return page.port === '' && here === `${page.host}${defaultPorts[page.protocol] ?? ''}`;
}

/** Whether the text is an origin as browsers send it (RFC 6454 §6.2), or `*`. */
export const isOrigin = (text: string): boolean =>
  text === '*' || (URL.canParse(text) && new URL(text).origin === text);
