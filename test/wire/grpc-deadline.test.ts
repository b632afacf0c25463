import { afterEach, expect, test, vi } from 'vitest';
import { parseTimeout, whenDue } from '../../services/grpc/deadline.ts';
import { startGrpcServer } from '../../services/grpc/server.ts';
import { openHouse } from '../house.ts';
import { openWire } from './grpc-wire.ts';

const dayMs = 24 * 60 * 60 * 1000;

afterEach(() => {
  vi.useRealTimers();
});

test.each([
  ['1H', 3_600_000],
  ['99999999H', 99_999_999 * 3_600_000],
  ['2M', 120_000],
  ['30S', 30_000],
  ['0S', 0],
  ['100m', 100],
  ['1500u', 1.5],
  ['1n', 0.000_001],
])('the grpc-timeout %s is %d ms', (text, ms) => {
  expect(parseTimeout(text)).toBeCloseTo(ms, 9);
});

test('a deadline of years is exact to the day and uses about one timer per month', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const arm = vi.spyOn(globalThis, 'setTimeout');
  const expire = vi.fn();
  whenDue(performance.now() + 730 * dayMs, expire);
  vi.advanceTimersByTime(729 * dayMs);
  expect(expire).not.toHaveBeenCalled();
  expect(arm.mock.calls.length).toBeLessThan(40);
  vi.advanceTimersByTime(dayMs);
  expect(expire).toHaveBeenCalledOnce();
});

test('a canceled deadline has no effect', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const expire = vi.fn();
  whenDue(performance.now() + 60 * dayMs, expire)();
  vi.advanceTimersByTime(61 * dayMs);
  expect(expire).not.toHaveBeenCalled();
});

test('closing the server waits 10 s for running calls and then ends them', async () => {
  const house = await openHouse();
  const server = await startGrpcServer(house.core, { host: '127.0.0.1', port: 0 });
  const wire = await openWire(server.port);
  // A request whose end never comes.
  const stream = wire.open({ ':path': '/payments.v1.PaymentService/GetPayment' });
  stream.on('error', () => {});
  stream.write(Buffer.alloc(3));
  await new Promise((resolve) => wire.session.ping(resolve));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const closed = vi.fn();
  const closing = server.close().then(closed);
  vi.advanceTimersByTime(9_999);
  await new Promise((resolve) => wire.session.ping(resolve));
  expect(closed).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  await closing;
  wire.close();
  await house.close();
});
