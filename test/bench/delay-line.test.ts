import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createDelayLine,
  createTransmitter,
  handshake,
  type Passage,
  type Timer,
  type Transmitter,
  windowBytes,
} from '../../bench/link/delay-line.ts';

function createVirtualTimer() {
  let nowMs = 1000;
  const due: { readonly ms: number; readonly run: () => void }[] = [];
  const timer: Timer = {
    now: () => nowMs,
    at(ms, run) {
      if (ms <= nowMs) return run();
      due.push({ ms, run });
    },
  };
  return {
    timer,
    passUntil(ms: number) {
      for (;;) {
        due.sort((a, b) => a.ms - b.ms);
        const [next] = due;
        if (!next || next.ms > ms) break;
        due.shift();
        nowMs = next.ms;
        next.run();
      }
      nowMs = ms;
    },
  };
}

interface Arrival {
  readonly ms: number;
  readonly passage: Passage;
}

/** A line whose far end takes everything at once, or nothing until it is told to. */
function createWatchedLine(
  timer: Timer,
  delayMs: number,
  transmit: Transmitter = createTransmitter(),
  isGreedy = true,
) {
  const arrivals: Arrival[] = [];
  const held: (() => void)[] = [];
  const flow: string[] = [];
  const line = createDelayLine({
    delayMs,
    transmit,
    timer,
    deliver(passage, taken) {
      arrivals.push({ ms: timer.now(), passage });
      if (isGreedy) taken();
      else held.push(taken);
    },
    pause: () => flow.push('pause'),
    resume: () => flow.push('resume'),
  });
  return { line, arrivals, held, flow };
}

const bytes = (length: number, value = 0) => new Uint8Array(length).fill(value);
const timesOf = (arrivals: readonly Arrival[]) => arrivals.map(({ ms }) => ms);

describe('a delay line', () => {
  test('lets every chunk out exactly its delay after it came, not earlier and not later', () => {
    const { timer, passUntil } = createVirtualTimer();
    const { line, arrivals } = createWatchedLine(timer, 75);
    line.send(bytes(10));
    passUntil(1000.25);
    line.send(bytes(1_000_000));
    passUntil(1030);
    line.send(bytes(1));
    passUntil(1074.999);
    expect(arrivals).toEqual([]);
    passUntil(2000);
    expect(timesOf(arrivals)).toEqual([1075, 1075.25, 1105]);
  });

  test('forwards at once where there is neither delay nor bandwidth', () => {
    const { timer } = createVirtualTimer();
    const { line, arrivals } = createWatchedLine(timer, 0);
    line.send(bytes(1));
    line.send('end');
    expect(timesOf(arrivals)).toEqual([1000, 1000]);
    expect(line.waitingBytes()).toBe(0);
  });

  test('keeps the order, whatever comes when, and however much of it', () => {
    const sends = fc.array(fc.record({ gapMs: fc.nat(20), length: fc.nat(5000) }));
    fc.assert(
      fc.property(sends, fc.nat(30), fc.nat(1_000_000), (list, delayMs, bytesPerSecond) => {
        const { timer, passUntil } = createVirtualTimer();
        const transmit = createTransmitter(bytesPerSecond + 1000);
        const { line, arrivals } = createWatchedLine(timer, delayMs, transmit);
        const sent = list.map(({ gapMs, length }) => {
          passUntil(timer.now() + gapMs);
          const passage = bytes(length);
          line.send(passage);
          return { passage, ms: timer.now() };
        });
        passUntil(1e9);
        expect(arrivals.map(({ passage }) => passage)).toEqual(sent.map(({ passage }) => passage));
        for (const [index, { ms }] of sent.entries()) {
          expect(arrivals[index]?.ms).toBeGreaterThanOrEqual(ms + delayMs);
        }
      }),
    );
  });

  test('is not held up by what goes the other way', () => {
    const { timer, passUntil } = createVirtualTimer();
    const there = createWatchedLine(timer, 5, createTransmitter(1000));
    const back = createWatchedLine(timer, 5, createTransmitter(1000));
    there.line.send(bytes(1000));
    back.line.send(bytes(1));
    passUntil(3000);
    expect(timesOf(there.arrivals)).toEqual([2005]);
    expect(timesOf(back.arrivals)).toEqual([1006]);
  });

  test.each(['end', 'reset'] as const)('lets the %s out after the data before it', (passage) => {
    const { timer, passUntil } = createVirtualTimer();
    const { line, arrivals } = createWatchedLine(timer, 10, createTransmitter(1000));
    line.send(bytes(100));
    line.send(passage);
    passUntil(1109.999);
    expect(arrivals).toEqual([]);
    passUntil(1110);
    expect(arrivals.map((arrival) => arrival.passage)).toEqual([bytes(100), passage]);
  });
});

describe('bandwidth', () => {
  test('makes 1 MB at 10 MB/s take 100 ms, and the delay on top', () => {
    const { timer, passUntil } = createVirtualTimer();
    const { line, arrivals } = createWatchedLine(timer, 20, createTransmitter(10_000_000));
    for (let sent = 0; sent < 1_000_000; sent += 62_500) line.send(bytes(62_500));
    passUntil(2000);
    expect(arrivals).toHaveLength(16);
    expect(arrivals[0]?.ms).toBeCloseTo(1026.25, 9);
    expect(arrivals[15]?.ms).toBeCloseTo(1120, 9);
  });

  test('is shared by the connections of a link', () => {
    const { timer, passUntil } = createVirtualTimer();
    const transmit = createTransmitter(1000);
    const lines = [createWatchedLine(timer, 5, transmit), createWatchedLine(timer, 5, transmit)];
    for (const { line } of lines) line.send(bytes(100));
    passUntil(2000);
    expect(lines.map(({ arrivals }) => timesOf(arrivals))).toEqual([[1105], [1205]]);
  });

  test('is not saved up while nothing is sent', () => {
    const { timer, passUntil } = createVirtualTimer();
    const { line, arrivals } = createWatchedLine(timer, 0, createTransmitter(1000));
    passUntil(60_000);
    line.send(bytes(1000));
    passUntil(70_000);
    expect(timesOf(arrivals)).toEqual([61_000]);
  });
});

describe('back-pressure', () => {
  const chunkBytes = 65_536;

  test('stops the sender when more than a window waits, and starts it when there is room', () => {
    const { timer, passUntil } = createVirtualTimer();
    const { line, flow } = createWatchedLine(timer, 50);
    while (flow.length === 0) line.send(bytes(chunkBytes));
    expect(line.waitingBytes()).toBeGreaterThan(windowBytes);
    expect(line.waitingBytes()).toBeLessThanOrEqual(windowBytes + chunkBytes);
    passUntil(1049);
    expect(flow).toEqual(['pause']);
    passUntil(1050);
    expect(flow).toEqual(['pause', 'resume']);
    expect(line.waitingBytes()).toBe(0);
  });

  test('counts what the far end was given and has not taken', () => {
    const { timer, passUntil } = createVirtualTimer();
    const { line, flow, held } = createWatchedLine(timer, 50, createTransmitter(), false);
    while (flow.length === 0) line.send(bytes(chunkBytes));
    passUntil(5000);
    expect(flow).toEqual(['pause']);
    held.shift()?.();
    expect(flow).toEqual(['pause', 'resume']);
    line.send(bytes(chunkBytes));
    expect(flow).toEqual(['pause', 'resume', 'pause']);
  });
});

test('a handshake costs the client one round trip, and the server knows half of one later', () => {
  expect(handshake(1000, 10)).toEqual({
    synArrivesMs: 1005,
    clientSendsMs: 1010,
    serverSendsMs: 1015,
  });
  expect(new Set(Object.values(handshake(7, 0)))).toEqual(new Set([7]));
});
