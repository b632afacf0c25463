import { expect, test } from 'vitest';
import { createPorts } from '../../services/ports.ts';
import { openStore } from '../../services/storage/open.ts';
import { createAddressOf, networkOf, type TrustedProxies } from '../../services/wire/address.ts';

interface Sent {
  readonly forwarded?: string;
  readonly 'x-forwarded-for'?: string;
}

const addressOf = (trusted: TrustedProxies, headers: Sent, remoteAddress = '10.0.0.1') =>
  createAddressOf(trusted)({ socket: { remoteAddress }, headers });

test('a client cannot choose its address by a header without trusted proxies', () => {
  const headers = { forwarded: 'for=192.0.2.1', 'x-forwarded-for': '192.0.2.1' };
  expect(addressOf([], headers)).toBe('10.0.0.1');
  expect(addressOf(0, headers)).toBe('10.0.0.1');
  expect(addressOf(['10.9.0.0/16'], headers)).toBe('10.0.0.1');
});

test.each<[TrustedProxies, Sent, string]>([
  [1, { 'x-forwarded-for': '192.0.2.1' }, '192.0.2.1'],
  [1, { 'x-forwarded-for': '203.0.113.9, 192.0.2.1' }, '192.0.2.1'],
  [2, { 'x-forwarded-for': '203.0.113.9, 192.0.2.1,10.0.0.2' }, '192.0.2.1'],
  [5, { 'x-forwarded-for': '192.0.2.1' }, '192.0.2.1'],
  [['10.0.0.0/8'], { 'x-forwarded-for': '203.0.113.9, 192.0.2.1, 10.0.0.2' }, '192.0.2.1'],
  [['10.0.0.0/8'], { 'x-forwarded-for': '10.0.0.3, 10.0.0.2' }, '10.0.0.3'],
  [1, { forwarded: 'for=192.0.2.1;proto=http;by=10.0.0.1' }, '192.0.2.1'],
  [1, { forwarded: 'For="[2001:db8::17]:4711"' }, '2001:db8::17'],
  [1, { forwarded: 'proto=https; for="192.0.2.1:80"' }, '192.0.2.1'],
  [2, { forwarded: 'for=192.0.2.1, for=10.0.0.2' }, '192.0.2.1'],
  [1, { 'x-forwarded-for': '::ffff:192.0.2.1' }, '192.0.2.1'],
])('with trusted proxies %j, a request with %j comes from %s', (trusted, headers, expected) => {
  expect(addressOf(trusted, headers)).toBe(expected);
});

test('a forwarded value that is not an address is ignored in favor of the hop before it', () => {
  for (const text of ['unknown', '_hidden', '', ',', 'a b', '192.0.2.300', '"[::1"', '\ud800']) {
    expect(addressOf(2, { forwarded: `for=${text}` })).toBe('10.0.0.1');
    expect(addressOf(2, { 'x-forwarded-for': `${text}, 10.0.0.2` })).toBe('10.0.0.2');
  }
});

test('two forwarding headers that differ are both ignored', () => {
  const headers = { forwarded: 'for=192.0.2.1', 'x-forwarded-for': '192.0.2.2' };
  expect(addressOf(1, headers)).toBe('10.0.0.1');
  expect(addressOf(1, { ...headers, 'x-forwarded-for': '192.0.2.1' })).toBe('192.0.2.1');
});

test('an IPv4 client of a socket for both families has its IPv4 address', () => {
  expect(addressOf([], {}, '::ffff:192.0.2.1')).toBe('192.0.2.1');
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
])('the address %s is limited as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('each network has its own limit of failed authentications', async () => {
  const store = await openStore('sqlite::memory:');
  const { failures } = await createPorts(store, undefined, { addressLimit: 1 });
  if (!failures) throw new Error('Expected a limit of failures.');
  const { limiter, allowance } = failures;
  const take = async (id: string) => (await limiter.take([{ id, ...allowance }], 10)).allowed;
  expect(await take('2001:db8::1')).toBe(true);
  expect(await take('2001:db8::2')).toBe(false);
  expect(await take('2001:db8:0:1::1')).toBe(true);
  await store.close();
});
