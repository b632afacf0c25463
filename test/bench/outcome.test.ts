import { describe, expect, test } from 'vitest';
import { invalidLines, lostAnswers, outcomeOf, renderOutcome } from '../../bench/report/outcome.ts';
import type { Cell, Result } from '../../bench/result/result.ts';
import { callCell, eventCell, resultOf } from './sample-result.ts';

const met = { text: 'rest.create.p99<5s', verdict: 'met', measured: '1 s' } as const;
const lax = { strict: false };

const read = (contender: string, more: Partial<Cell> = {}) =>
  callCell('point-read', contender, {}, more);
const broken = { invalid: ['3 calls failed'] };
const valid = resultOf([read('rest'), read('grpc'), read('websocket')]);

/** The result with every load of one kind invalid, in the cells of one contender. */
const unsound = (result: Result, contender: string, kind: 'closed' | 'open'): Result => ({
  ...result,
  cells: result.cells.map((cell) =>
    cell.contender !== contender
      ? cell
      : {
          ...cell,
          samples: cell.samples.map((sample) => ({
            ...sample,
            [kind]: sample[kind].map((load) => ({ ...load, invalid: ['the client was late'] })),
          })),
        },
  ),
});

const numbersLost = (result: Result) => lostAnswers(result).map(({ number }) => number);
const codeOf = (result: Result) => outcomeOf(result, [], lax).code;

describe('the exit code', () => {
  test('is 0 if every answered question has its figures', () => {
    expect(outcomeOf(valid, [met], lax)).toEqual({ code: 0 });
  });

  test('is 0 if something is invalid that no answer needs, which is listed with its reason', () => {
    const result = resultOf([...valid.cells, read('rest-again', broken)]);
    const outcome = outcomeOf(result, [], lax);
    expect(outcome).toEqual({ code: 0 });
    expect(renderOutcome(result, outcome)).toBe(
      'INVALID, so no answer uses it:\n  point-read, REST again: 3 calls failed\n',
    );
  });

  test('is 0 if some load is invalid and the answer has other figures', () => {
    const result = unsound(valid, 'rest', 'closed');
    expect(codeOf(result)).toBe(0);
    expect(invalidLines(result)).toEqual(['point-read, REST, 3 of 6 loads: the client was late']);
  });

  test('is 3 if an answer lost its figure, and the terminal names the question and the reason', () => {
    const result = resultOf([read('rest'), read('grpc', broken)]);
    const outcome = outcomeOf(result, [met], lax);
    expect(outcome.code).toBe(3);
    const last = renderOutcome(result, outcome).trimEnd().split('\n').at(-1);
    expect(last).toBe('Exit code 3: question 1 lost its figure: 3 calls failed');
  });

  test('is 3 if the contender that an answer needs was never measured', () => {
    const result = resultOf([read('rest'), read('grpc', { ...broken, samples: [] })]);
    expect(numbersLost(result)).toEqual([1]);
  });

  test('is 3 if a whole scenario was run and brought nothing', () => {
    const nothing = { invalid: ['it did not start'], samples: [] };
    const result = resultOf([eventCell('rest', 1, nothing), eventCell('sse', 1, nothing)]);
    expect(numbersLost(result)).toContain(10);
    expect(codeOf(result)).toBe(3);
  });

  test('is 0 if what a question needs was not asked for', () => {
    expect(numbersLost(resultOf([read('rest'), read('websocket')]))).toEqual([]);
    expect(numbersLost(resultOf([read('rest', broken), read('rest-again')]))).toEqual([]);
  });

  test('is 3 with --strict if anything at all is invalid', () => {
    const strict = { strict: true };
    expect(outcomeOf(valid, [], strict).code).toBe(0);
    expect(outcomeOf(unsound(valid, 'rest', 'open'), [], strict)).toEqual({
      code: 3,
      reason: '--strict: point-read, REST, 3 of 6 loads: the client was late',
    });
    expect(outcomeOf(resultOf([...valid.cells, read('x', broken)]), [], strict).code).toBe(3);
  });

  test('is 2 if a limit is not kept, whatever else is wrong', () => {
    const missed = { ...met, verdict: 'not met' as const };
    const result = resultOf([read('rest'), read('grpc', broken)]);
    expect(outcomeOf(result, [met, missed], lax)).toEqual({
      code: 2,
      reason: 'not met: rest.create.p99<5s',
    });
  });

  test('is 3 if the figure of a limit is invalid', () => {
    const unknown = { ...met, verdict: 'not measured' as const, measured: 'INVALID: late' };
    expect(outcomeOf(valid, [met, unknown], lax)).toEqual({
      code: 3,
      reason: 'rest.create.p99<5s lost its figure: INVALID: late',
    });
  });

  test('is 130 if the run was cut short', () => {
    expect(codeOf({ ...valid, complete: false })).toBe(130);
  });
});
