import { expect, test } from 'vitest';
import { readConfig } from '../../services/config.ts';

test('nothing set gives the documented defaults', () => {
  expect(readConfig({})).toEqual({
    host: '127.0.0.1',
    httpPort: 4000,
    grpcPort: 4001,
    http2Port: undefined,
    databaseUrl: 'sqlite:.data/fivewire.db',
    wires: new Set(['rest', 'grpc', 'graphql', 'sse', 'websocket']),
    demo: true,
    graphqlLoaders: true,
    log: 'errors',
  });
});

test('a variable set to nothing is one that is not set', () => {
  expect(readConfig({ HTTP_PORT: '', HTTP2_PORT: '', WIRES: '' })).toEqual(readConfig({}));
});

test('every bad value is named, with what was expected and what was got', () => {
  const read = () => readConfig({ HTTP_PORT: '70000', WIRES: 'rest,soap', DEMO: 'yes' });
  expect(read).toThrow(/HTTP_PORT=70000: .*65535/);
  expect(read).toThrow(/WIRES=rest,soap: .*websocket/);
  expect(read).toThrow(/DEMO=yes: .*"0"/);
});
