import { BlockList, isIP, isIPv4 } from 'node:net';

/**
 * The source of a client's address: a request of `node:http` or `node:http2` has this shape, and
 * gRPC makes one of its peer and metadata.
 */
export interface Addressed {
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly headers: {
    readonly forwarded?: string | string[] | undefined;
    readonly 'x-forwarded-for'?: string | string[] | undefined;
  };
}

/** Returns the IP address of a request's client; undefined if its connection is gone. */
export type AddressOf = (request: Addressed) => string | undefined;

/** The number of proxies in front of the server, or their addresses and networks. */
export type TrustedProxies = number | readonly string[];

/** Whether the text is an IP address or a network in CIDR notation. */
export function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = isIPv4(address) ? 32 : 128;
  if (isIP(address) === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
}

/**
 * Finds a client's address: that of the connection, or the one that trusted proxies report in
 * `Forwarded` (RFC 7239) or `X-Forwarded-For`. Everything to the left of what a trusted proxy wrote
 * comes from the client and is ignored. If both headers are sent and differ, neither is trusted: a
 * proxy that writes one of them passes the client's other one through.
 */
export function createAddressOf(trusted: TrustedProxies): AddressOf {
  const trusts = trustOf(trusted);
  /** The known facts about the other end of each connection. */
  const peers = new WeakMap<object, { readonly peer: string; readonly isProxy: boolean }>();
  return ({ socket, headers }) => {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined) return undefined;
    let known = peers.get(socket);
    if (!known) {
      const peer = plain(remoteAddress);
      known = { peer, isProxy: trusts(peer, 0) };
      peers.set(socket, known);
    }
    const { peer, isProxy } = known;
    if (!isProxy) return peer;
    return reported(headers, (hops) => walk(peer, hops, trusts)) ?? peer;
  };
}

type Trusts = (address: string, hop: number) => boolean;

function trustOf(trusted: TrustedProxies): Trusts {
  if (typeof trusted === 'number') return (_address, hop) => hop < trusted;
  const networks = new BlockList();
  for (const network of trusted) {
    const [address = '', prefix] = network.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (prefix === undefined) networks.addAddress(address, family);
    else networks.addSubnet(address, Number(prefix), family);
  }
  return (address) => networks.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

function reported(
  { forwarded, 'x-forwarded-for': xForwardedFor }: Addressed['headers'],
  find: (hops: readonly string[]) => string,
): string | undefined {
  const standard = forwarded === undefined ? undefined : find(forwardedHops(forwarded.toString()));
  if (xForwardedFor === undefined) return standard;
  const legacy = find(xForwardedFor.toString().split(','));
  return standard === undefined || standard === legacy ? legacy : undefined;
}

/** From the nearest hop outwards, as long as the previous one is trusted and names an address. */
function walk(peer: string, hops: readonly string[], trusts: Trusts): string {
  let address = peer;
  for (let hop = 0; hop < hops.length && trusts(address, hop); hop += 1) {
    const next = addressIn(hops[hops.length - 1 - hop]?.trim() ?? '');
    if (next === undefined) break;
    address = next;
  }
  return address;
}

/** RFC 7239 §4: the `for` of each element; empty for an element without it. */
const forwardedHops = (value: string): readonly string[] =>
  value
    .split(',')
    .map((element) => /(?:^|;)[ \t]*for=(?:"([^"]*)"|([^;\s]*))/i.exec(element.trim()))
    .map((match) => match?.[1] ?? match?.[2] ?? '');

/** The address in `192.0.2.1:80`, `[2001:db8::1]:80` or either without its port. */
function addressIn(node: string): string | undefined {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(node)?.[1];
  const address = bracketed ?? (isIP(node) ? node : node.replace(/:\d+$/, ''));
  return isIP(address) === 0 ? undefined : plain(address);
}

/** An IPv4 address as such if a dual-stack socket shows it as IPv6 (RFC 4291 §2.5.5.2). */
const plain = (address: string): string =>
  /^::ffff:\d/i.test(address) && isIPv4(address.slice(7)) ? address.slice(7) : address;

/**
 * The key for limits by address. An IPv6 client has a whole /64 network and may use a new address
 * of it for each request (RFC 6177), so the network counts as one address.
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  // A trailing IPv4 part replaces two groups, but those are never among the first four.
  const gap = 8 - left.length - right.length - (address.includes('.') ? 1 : 0);
  const groups =
    tail === undefined ? left : [...left, ...Array(Math.max(0, gap)).fill('0'), ...right];
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}
