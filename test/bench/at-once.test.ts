import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { createCallSources } from '../../bench/trial/call-sources.ts';
import { room } from '../../bench/trial/contenders.ts';
import { get, listening } from './driver-fixture.ts';
import { nowhere, setupOf } from './fake-subject.ts';

/** No distance: a load without one opens no link. */
const links = {
  open: () => Promise.reject(new Error('Expected no link.')),
  close: async () => {},
};

test('a call of a workload of many requests sends them at once, and ends with the last answer', async () => {
  let received = 0;
  let mostAtATime = 0;
  const waiting: (() => void)[] = [];
  const server = createServer((_request, response) => {
    received += 1;
    waiting.push(() => response.end('ok'));
    mostAtATime = Math.max(mostAtATime, waiting.length);
    // Six connections: none is answered before all are in use, or nothing else is to come.
    if (waiting.length < 6 && received < 48) return;
    for (const answer of waiting.splice(0)) answer();
  });
  const http = await listening(server);
  const workload = { name: 'page', perform: async () => [], wireCalls: 1, atOnce: 50 };
  const captured = {
    prepared: { protocol: 'http1', request: get },
    answer: [],
    status: 200,
    body: Buffer.from('ok'),
    welcome: '',
  } as const;
  const workloads = new Map([['page', { workload, captured }]]);
  const sources = createCallSources(setupOf({ ...nowhere, http }), room('rest'), workloads, links);
  onTestFinished(() => sources.close());
  const load = { kind: 'closed', workload: 'page', connections: 6, rttMs: 0, inFlight: 1 } as const;
  const { call } = await sources.of(load);
  await call();
  expect([received, mostAtATime]).toEqual([50, 6]);
});
