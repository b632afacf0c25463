import { describe, expect, test } from 'vitest';
import { questions } from '../../bench/questions/index.ts';
import { choicesOf } from '../../bench/report/choose.ts';
import { headlineOf } from '../../bench/report/headline.ts';
import { formatList, formatShare } from '../../bench/result/format.ts';
import { type Cell, readResult } from '../../bench/result/result.ts';
import { callCell, resultOf } from './sample-result.ts';

const committed = readResult(new URL('./fixtures/2026-11-26-two-cores.json', import.meta.url));

type Reads = Readonly<Record<string, { readonly cpu: number; readonly bytes?: number }>>;

const again = { kind: 'again' } as const;

const readsOf = (reads: Reads): Cell[] => [
  ...Object.entries(reads).map(([wire, { cpu, bytes = 1000 }]) =>
    callCell('point-read', wire, { cpuMicros: cpu, received: bytes }),
  ),
  callCell('point-read', 'rest-again', { cpuMicros: (reads.rest?.cpu ?? 80) * 1.02 }, again),
];

const screens = [
  callCell('screen', 'graphql-loaders', { requests: 1 }),
  callCell('screen', 'rest-chatty', { requests: 22 }),
];

const sentences = (cells: readonly Cell[]) => headlineOf(resultOf(cells)).sentences;

describe('the headline', () => {
  test('says who costs the least, how much more the others cost, bytes and requests', () => {
    const reads = { rest: { cpu: 80 }, grpc: { cpu: 160, bytes: 250 }, graphql: { cpu: 120 } };
    expect(sentences([...readsOf(reads), ...screens])).toEqual([
      'REST costs the least server CPU.',
      "gRPC costs 2.0× REST's CPU and sends a quarter of its bytes.",
      "GraphQL costs 1.5× REST's CPU and needs 1 request for a screen where chatty REST needs 22.",
    ]);
  });

  test.each([
    [40, 'REST costs the least server CPU of the three; WebSocket costs 0.50× as much.'],
    [80, 'REST and WebSocket cost the least server CPU.'],
    [120, 'REST costs the least server CPU.'],
  ])('names WebSocket if it costs no more: %d µs', (cpu, sentence) => {
    const reads = { rest: { cpu: 80 }, grpc: { cpu: 160 }, graphql: { cpu: 120 } };
    expect(sentences(readsOf({ ...reads, websocket: { cpu } }))[0]).toBe(sentence);
  });

  test('is as true if another wire costs the least', () => {
    const reads = { rest: { cpu: 100 }, grpc: { cpu: 50, bytes: 330 }, graphql: { cpu: 150 } };
    expect(sentences(readsOf(reads))).toEqual([
      'gRPC costs the least server CPU.',
      "REST costs 2.0× gRPC's CPU.",
      "gRPC sends a third of REST's bytes.",
      "GraphQL costs 3.0× gRPC's CPU.",
    ]);
  });

  test('shares the first place if no difference is shown, and claims none', () => {
    const two = { rest: { cpu: 80 }, grpc: { cpu: 160 }, graphql: { cpu: 80 } };
    expect(sentences(readsOf(two))).toEqual([
      'REST and GraphQL cost the least server CPU.',
      "gRPC costs 2.0× REST's CPU.",
    ]);
    const all = { rest: { cpu: 80 }, grpc: { cpu: 80 }, graphql: { cpu: 80 } };
    expect(sentences(readsOf(all))).toEqual([
      'No difference in server CPU is shown between REST, gRPC and GraphQL.',
    ]);
  });

  test('says which wire has no figure, and nothing else of its CPU', () => {
    const reads = { rest: { cpu: 80 }, grpc: { cpu: 160, bytes: 250 }, graphql: { cpu: 120 } };
    const cells = readsOf(reads).map((cell) =>
      cell.contender === 'grpc' ? { ...cell, invalid: ['events lost'] } : cell,
    );
    expect(sentences([...cells, ...screens])).toEqual([
      'REST costs less server CPU than GraphQL.',
      "GraphQL costs 1.5× REST's CPU and needs 1 request for a screen where chatty REST needs 22.",
      'gRPC has no valid figure for server CPU.',
    ]);
    const nothing =
      'This run does not say who costs the least CPU: no two of them have a valid figure.';
    expect(sentences([])).toEqual([nothing]);
    expect(sentences(readsOf({ rest: { cpu: 80 } }))).toEqual([nothing]);
  });

  test("does not say Node of somebody else's server", () => {
    const { options } = committed;
    const target = { ...options, targets: { rest: 'http://127.0.0.1:1' } };
    expect(headlineOf(committed).scope).toBe('One small read, in Node, on this machine:');
    expect(headlineOf({ ...committed, options: target }).scope).not.toContain('Node');
  });
});

describe('when to choose which', () => {
  const choices = choicesOf(committed);

  test('has a row for each case that a committed run has figures of', () => {
    expect(choices.length).toBeGreaterThanOrEqual(7);
    expect(choices.every(({ because }) => /\d/.test(because))).toBe(true);
    expect(JSON.stringify(choices)).not.toMatch(/undefined|NaN|–[^\d]/);
  });

  test('links every row to questions that exist', () => {
    const numbers = questions.map(({ number }) => number);
    for (const choice of choices) {
      expect(choice.questions.length).toBeGreaterThan(0);
      expect(numbers).toEqual(expect.arrayContaining([...choice.questions]));
    }
  });

  test('advises what the result shows: another result, other advice', () => {
    const adviceFor = (grpc: number) =>
      choicesOf(resultOf(readsOf({ rest: { cpu: 80 }, grpc: { cpu: grpc, bytes: 250 } }))).find(
        ({ if: when }) => when.startsWith('call between'),
      )?.take;
    expect(adviceFor(160)).toBe('REST');
    expect(adviceFor(80)).toBe('gRPC or REST');
    expect(adviceFor(40)).toBe('gRPC');
  });

  test('says nothing of what was not measured', () => {
    expect(choicesOf(resultOf([]))).toEqual([]);
  });
});

describe('words for numbers', () => {
  test.each([
    [0.5, 'half of'],
    [0.243, 'a quarter of'],
    [0.3, '30 % of'],
    [0.66, '66 % of'],
    [1.42, '1.4×'],
  ])('a share of %d is %j', (share, text) => {
    expect(formatShare(share)).toBe(text);
  });

  test('names stand in a list with one word before the last', () => {
    expect(formatList(['REST'])).toBe('REST');
    expect(formatList(['REST', 'gRPC', 'SSE'], 'or')).toBe('REST, gRPC or SSE');
  });
});
