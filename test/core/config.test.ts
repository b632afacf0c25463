import { expect, test } from 'vitest';
import { readConfig, wires } from '../../services/config.ts';

test('an empty environment gives the documented defaults', () => {
  expect(readConfig({})).toEqual({
    host: '127.0.0.1',
    httpPort: 4000,
    grpcPort: 4001,
    http2Port: undefined,
    databaseUrl: 'sqlite:.data/fivewire.db',
    wires: new Set(wires),
    demo: true,
    graphqlHost: 'yoga',
    graphqlLoaders: true,
    addressLimit: 100,
    trustedProxies: [],
    corsOrigins: [],
    drainMs: 1000,
    log: 'errors',
  });
});

test('an empty variable counts as unset', () => {
  expect(readConfig({ HTTP_PORT: '', HTTP2_PORT: '', WIRES: '' })).toEqual(readConfig({}));
});

test('every invalid value is reported with what was expected and what was got', () => {
  const read = () =>
    readConfig({ HTTP_PORT: '70000', WIRES: 'rest,soap', DEMO: 'yes', GRAPHQL_HOST: 'apollo' });
  expect(read).toThrow(/HTTP_PORT=70000: .*65535/);
  expect(read).toThrow(/WIRES=rest,soap: .*websocket/);
  expect(read).toThrow(/GRAPHQL_HOST=apollo: .*yoga, lean/);
  expect(read).toThrow(/DEMO=yes: .*0, 1/);
});

test.each(['HTTP_PORT', 'GRPC_PORT', 'HTTP2_PORT', 'ADDRESS_LIMIT', 'DRAIN_MS'])(
  '%s must be a number in decimal digits, so blanks are not read as 0',
  (name) => {
    for (const bad of [' ', '\t', '0x10', '1e3', ' 10', 'NaN', 'Infinity', '-1', '1,5', 'true']) {
      expect(() => readConfig({ [name]: bad })).toThrow(
        `${name}=${bad}: expected a number from 0 to `,
      );
    }
  },
);

test.each(['TLS_CERT', 'TLS_KEY'])(
  '%s with file content as a path is refused, and the content is not repeated',
  (name) => {
    const pem = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----';
    for (const content of [pem, pem.replaceAll('\n', ''), 'c2VjcmV0\nc2VjcmV0']) {
      expect(() => readConfig({ TLS_CERT: '/a', TLS_KEY: '/b', [name]: content })).toThrow(
        `The configuration is not valid: ${name}: expected the path of a PEM file, not its content.`,
      );
    }
  },
);

test('trusted proxies are a number, or addresses and networks', () => {
  const read = (TRUSTED_PROXIES: string) => readConfig({ TRUSTED_PROXIES }).trustedProxies;
  expect(read('2')).toBe(2);
  expect(read('10.0.0.0/8, ::1')).toEqual(['10.0.0.0/8', '::1']);
  for (const bad of ['10.0.0.0/33', 'proxy.example', '-1', '10.0.0.1/8/8']) {
    expect(() => read(bad)).toThrow(/TRUSTED_PROXIES=.*expected how many proxies/);
  }
});

test('an allowed origin has the form in which a browser sends it', () => {
  const read = (CORS_ORIGINS: string) => readConfig({ CORS_ORIGINS }).corsOrigins;
  expect(read('https://shop.example, http://localhost:5173')).toEqual([
    'https://shop.example',
    'http://localhost:5173',
  ]);
  for (const bad of ['https://shop.example/', 'shop.example', 'https://a,b']) {
    expect(() => read(bad)).toThrow(/CORS_ORIGINS=.*expected origins/);
  }
});
