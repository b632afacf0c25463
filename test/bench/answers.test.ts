import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { questions } from '../../bench/questions/index.ts';
import { type Question, sentenceOf, type Verdict } from '../../bench/questions/question.ts';
import { type Cell, type Result, readResult } from '../../bench/result/result.ts';
import { htmlSample } from './html-sample.ts';
import { callCell, resultOf } from './sample-result.ts';

/** What every answer owes to its reader, whatever the run. */

const root = resolve(import.meta.dirname, '../..');
const committed = readResult(join(root, 'test/bench/fixtures/2026-11-26-two-cores.json'));
const runs = { committed, sample: htmlSample } as const;

const questionOf = (number: number): Question => {
  const found = questions.find((question) => question.number === number);
  if (!found) throw new Error(`Expected a question ${number}, got none.`);
  return found;
};

const verdictsOf = (result: Result): (readonly [number, Verdict])[] =>
  questions.map(({ number, judge }) => [number, judge(result)] as const);

const answeredIn = (result: Result) =>
  verdictsOf(result).filter(([, { answer }]) => answer !== 'not measured');

/** Numbers of a text with more than three digits that a reader could trust. */
const tooExact = (text: string): string[] =>
  (text.match(/\d+\.\d+/g) ?? []).filter((number) => number.replace(/^0\.0*|\./g, '').length > 3);

describe.each(Object.entries(runs))('the answers of the %s run', (_name, result) => {
  test('begin with yes, no, it depends on something, or no difference', () => {
    const answered = answeredIn(result);
    expect(answered.length).toBeGreaterThan(5);
    for (const [number, verdict] of answered) {
      expect(sentenceOf(verdict), `question ${number}`).toMatch(
        /^(Yes|No|It depends on [a-z' ]+|No difference shown): .+\.$/,
      );
    }
  });

  test('have a size in at most three digits, and a ratio has its interval or says why not', () => {
    for (const [number, verdict] of answeredIn(result)) {
      const sentence = sentenceOf(verdict);
      expect(tooExact(sentence), `question ${number}`).toEqual([]);
      const ratios = sentence.match(/\d×[^;.]*?(?=\d×|;|\.$)/g) ?? [];
      for (const ratio of number === 16 ? [] : ratios) {
        expect(ratio, `question ${number}`).toMatch(/\([\d.]+–[\d.]+|no interval/);
      }
    }
  });

  test('have one picture of one measure, with a unit', () => {
    for (const [number, { picture }] of answeredIn(result)) {
      expect(picture, `question ${number}`).toBeDefined();
      if (picture?.kind === 'bars' || picture?.kind === 'waterfall') {
        expect(picture.unit).not.toBe('');
      }
      if (picture?.kind === 'lines') expect(`${picture.x.unit}${picture.y.unit}`).not.toBe('');
    }
  });

  test('are never "it depends" without a noise floor, except where no ratio is looked at', () => {
    const cells = result.cells.filter(({ kind }) => kind !== 'again');
    for (const [number, { answer }] of verdictsOf({ ...result, cells })) {
      if (number !== 12) expect(answer, `question ${number}`).not.toBe('depends');
    }
  });
});

const rest = { perSecond: 10_000, cpuMicros: 80, p50Micros: 300, autocannonPerSecond: 15_000 };
const again = { kind: 'again' } as const;

test('a difference within a noise floor above 1.5× is not compared, and the reason is given', () => {
  const noisy = (scenario: string) => [
    callCell(scenario, 'rest', rest),
    callCell(
      scenario,
      'rest-again',
      { ...rest, cpuMicros: 160, p50Micros: 600, perSecond: 5000 },
      again,
    ),
    callCell(scenario, 'grpc', { ...rest, cpuMicros: 150, p50Micros: 550, perSecond: 5600 }),
  ];
  const verdict = questionOf(1).judge(resultOf(noisy('point-read')));
  expect(verdict.answer).toBe('not measured');
  expect(sentenceOf(verdict)).toMatch(
    /cannot be compared in this run: two copies of the same server differed by [\d.]+×/,
  );
  const calm = [
    callCell('point-read', 'rest', rest),
    callCell('point-read', 'rest-again', { ...rest, cpuMicros: 81 }, again),
    callCell('point-read', 'grpc', { ...rest, cpuMicros: 160 }),
  ];
  const both = questionOf(1).judge(resultOf([...calm, ...noisy('create')]));
  expect(both.answer).toBe('no');
  expect(sentenceOf(both)).toContain('creates are too noisy to be compared in this run');
});

test('an answer that goes both ways says whether by the operation or by the measure', () => {
  const calm = (scenario: string, grpc: Partial<typeof rest>) => [
    callCell(scenario, 'rest', rest),
    callCell(scenario, 'rest-again', { ...rest, cpuMicros: 81, perSecond: 9900 }, again),
    callCell(scenario, 'grpc', { ...rest, ...grpc }),
  ];
  const judged = (cells: readonly Cell[]) => sentenceOf(questionOf(1).judge(resultOf([...cells])));
  expect(
    judged([...calm('point-read', { cpuMicros: 160 }), ...calm('create', { cpuMicros: 40 })]),
  ).toMatch(/^It depends on the operation: in Node, a gRPC create costs .* but a gRPC read costs/);
  expect(judged(calm('point-read', { cpuMicros: 160, p50Micros: 100 }))).toMatch(
    /^It depends on the measure: /,
  );
});

/** Payloads on which gRPC costs `times` what REST costs, size by size. */
function payloads(times: readonly number[], noise = 0.01): Result {
  const names = ['one refund', '1 payment', '10 payments', '100 payments', '100 heavy payments'];
  const payload = htmlSample.cells.filter(({ scenario }) => scenario === 'payload');
  const restCell = payload.find(({ contender }) => contender === 'rest');
  const cellOf = (contender: string, factorOf: (at: number) => number): Cell[] =>
    restCell
      ? [
          {
            ...restCell,
            contender,
            samples: restCell.samples.map((sample, round) => ({
              ...sample,
              closed: sample.closed.map((load) => ({
                ...load,
                serverCpuMicros:
                  load.completed *
                  100 *
                  factorOf(names.indexOf(load.workload)) *
                  (1 + (round % 2 === 0 ? noise : -noise)),
              })),
            })),
          },
        ]
      : [];
  const cells = htmlSample.cells.filter(({ scenario }) => scenario !== 'payload');
  return {
    ...htmlSample,
    cells: [...cells, ...cellOf('rest', () => 1), ...cellOf('grpc', (at) => times[at] ?? 1)],
  };
}

describe('where the winner changes with the size', () => {
  const judged = (result: Result) => {
    const verdict = questionOf(3).judge(result);
    const { picture } = verdict;
    return {
      sentence: sentenceOf(verdict),
      crossings: picture?.kind === 'lines' ? picture.crossovers.length : Number.NaN,
    };
  };

  test('both leads and the crossing are named, with its interval', () => {
    const { sentence, crossings } = judged(payloads([2, 1.8, 1.6, 0.6, 0.5]));
    expect(sentence).toMatch(
      /^Yes: REST costs less CPU up to about [\d.]+ kB \([\d.]+ kB–[\d.]+ kB\), gRPC above; gRPC costs 2\.0× REST's CPU \([\d.]+–[\d.]+\) at/,
    );
    expect(crossings).toBe(1);
  });

  test('a crossing without an interval is neither drawn nor named', () => {
    const verdict = questionOf(3).judge(committed);
    const { picture } = verdict;
    const drawn = picture?.kind === 'lines' ? picture.crossovers.map(({ label }) => label) : [];
    expect(drawn).toEqual(['GraphQL and REST']);
    expect(sentenceOf(verdict)).toContain('no crossing of the two is shown');
  });

  test('one leader everywhere is named, and no crossing is drawn', () => {
    const { sentence, crossings } = judged(payloads([2, 2, 2, 2, 2]));
    expect(sentence).toMatch(/^No: REST costs less CPU from [\d.]+ k?B to 1\.1 MB;/);
    expect(crossings).toBe(0);
  });

  test('a lead that ends in noise has a bound, and no crossing', () => {
    const { sentence, crossings } = judged(payloads([2, 2, 2, 1.001, 0.999], 0));
    expect(sentence).toMatch(
      /^It depends on the size: REST costs less CPU up to about [\d.]+ kB, no difference shown above, and no crossing of the two is shown;/,
    );
    expect(crossings).toBeLessThan(2);
  });
});

const removals = fc.record({
  cells: fc.array(fc.nat(), { maxLength: 30 }),
  samples: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 20 }),
  loads: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.constantFrom('closed', 'open', 'wire')), {
    maxLength: 30,
  }),
  parts: fc.array(fc.tuple(fc.nat(), fc.constantFrom('delivery', 'caching', 'failures', 'idle')), {
    maxLength: 10,
  }),
});

function without(
  result: Result,
  gone: typeof removals extends fc.Arbitrary<infer T> ? T : never,
): Result {
  const copy: Cell[] = result.cells.map((cell) => ({
    ...cell,
    samples: cell.samples.map((sample) => ({ ...sample })),
  }));
  const cellAt = (at: number) => copy[at % copy.length];
  for (const [at, which, kind] of gone.loads) {
    for (const sample of cellAt(at)?.samples ?? []) {
      const list = sample[kind];
      Object.assign(sample, { [kind]: list.filter((_, place) => place !== which % list.length) });
    }
  }
  for (const [at, part] of gone.parts) {
    for (const sample of cellAt(at)?.samples ?? []) sample[part] = null;
  }
  for (const [at, which] of gone.samples) {
    const { samples } = cellAt(at) ?? { samples: [] };
    samples.splice(which % (samples.length || 1), 1);
  }
  const lost = new Set(gone.cells.map((at) => at % copy.length));
  return { ...result, cells: copy.filter((_, at) => !lost.has(at)) };
}

test.each(Object.entries(runs))(
  'no question throws at a result that lacks cells, processes or loads: %s',
  (_name, result) => {
    fc.assert(
      fc.property(removals, (gone) => {
        for (const [number, verdict] of verdictsOf(without(result, gone))) {
          const text = sentenceOf(verdict);
          if (/NaN|undefined|Infinity/.test(text)) throw new Error(`Question ${number}: ${text}`);
        }
      }),
      { numRuns: 6 },
    );
  },
  120_000,
);

test('no question uses a cell or an open loop that is INVALID', () => {
  const invalid = ['made up'];
  fc.assert(
    fc.property(
      fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
      fc.boolean(),
      (which, whole) => {
        const marked = new Set(which.map((at) => at % htmlSample.cells.length));
        const isMarked = (_: unknown, at: number) => marked.has(at);
        const cells = (change: (cell: Cell) => Cell[]) =>
          htmlSample.cells.flatMap((cell, at) => (isMarked(cell, at) ? change(cell) : [cell]));
        const open = (change: 'mark' | 'remove') => (cell: Cell) => [
          {
            ...cell,
            samples: cell.samples.map((sample) => ({
              ...sample,
              open: change === 'mark' ? sample.open.map((load) => ({ ...load, invalid })) : [],
            })),
          },
        ];
        const [shown, removed] = whole
          ? [cells((cell) => [{ ...cell, invalid }]), cells(() => [])]
          : [cells(open('mark')), cells(open('remove'))];
        expect(verdictsOf({ ...htmlSample, cells: shown })).toEqual(
          verdictsOf({ ...htmlSample, cells: removed }),
        );
      },
    ),
    { numRuns: 5 },
  );
}, 120_000);
