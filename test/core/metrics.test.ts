import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMetrics, type Metrics } from '../../services/metrics.ts';

let metrics: Metrics;
beforeEach(() => {
  metrics = createMetrics({ queryCount: 0 });
});
afterEach(() => metrics.close());

function gauge(name: string): number {
  const value = new RegExp(`^nodejs_eventloop_${name} (\\S+)$`, 'm').exec(metrics.render())?.[1];
  return Number(value ?? Number.NaN);
}

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test('a blocked event loop shows in the next scrape only', async () => {
  await turn();
  metrics.render();
  block(1000);
  await turn();
  await turn();
  const blocked = gauge('lag_max_seconds');
  expect(blocked).toBeGreaterThanOrEqual(0.9);
  expect(gauge('lag_max_seconds')).toBeLessThan(blocked);
});

test('a block right after a scrape is not lost', async () => {
  await turn();
  for (let round = 0; round < 3; round += 1) {
    metrics.render();
    block(20);
    await turn();
    await turn();
    expect(gauge('lag_max_seconds')).toBeGreaterThanOrEqual(0.02);
  }
});

test('event loop utilization is 1 while the loop is blocked and low while it waits', async () => {
  await sleep(50);
  expect(gauge('utilization')).toBeLessThan(1);
  block(20);
  expect(gauge('utilization')).toBe(1);
});
