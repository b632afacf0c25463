import { describe, expect, test } from 'vitest';
import { judgeThresholds, parseThreshold } from '../../bench/report/threshold.ts';
import {
  cellOf,
  closedLoad,
  deliveryOf,
  histogramAround,
  openLoad,
  resultOf,
  wireLoad,
} from './small-result.ts';

const objective = { quantile: 0.99, ms: 20 };
const capacityOf = (perSecond: number | null) => ({
  workload: 'read',
  invalid: [],
  objective,
  perSecond,
  steps: [],
});

/** Medians: CPU 50 µs, response 400 µs with 2 % at 4 ms. */
const process = {
  open: [openLoad(50, 400), openLoad(300, 2000, { workload: 'create', perSecond: 500 })],
  closed: [closedLoad(12_000), closedLoad(4000, { workload: 'create' })],
  capacity: [capacityOf(9000)],
  wire: [wireLoad(890, 1.5)],
};
const overloaded = { ...process, open: [openLoad(50, 400, { invalid: ['overflow: 3 of 1,000'] })] };
const bound = { ...process, closed: [closedLoad(12_000, { invalid: ['client at 90 %'] })] };

const result = resultOf([
  cellOf('point-read rest', [process, process, process]),
  cellOf('point-read grpc', [process, overloaded], []),
  cellOf('point-read graphql', [process], ['wrong answer']),
  cellOf('create rest', [bound]),
  cellOf('create grpc', [{ ...process, capacity: [capacityOf(null)] }]),
  cellOf('create websocket', [
    {
      ...process,
      open: [openLoad(50, 400, { serverCpuMicros: null })],
      wire: [wireLoad(890, null)],
    },
  ]),
  cellOf('attribution rest-json-h1', [process, process]),
  cellOf('events sse', [{ delivery: deliveryOf(1700) }, { delivery: deliveryOf(1700) }]),
]);

const judge = (text: string) => {
  const [judgement] = judgeThresholds(result, [parseThreshold(text)]);
  return judgement;
};

describe('a threshold as text', () => {
  test('is contender, scenario, figure, operator, limit and unit', () => {
    expect(parseThreshold('rest.point-read.p99<5ms')).toEqual({
      text: 'rest.point-read.p99<5ms',
      contender: 'rest',
      scenario: 'point-read',
      workload: undefined,
      figure: 'p99',
      operator: '<',
      limit: 5,
      unit: 'ms',
    });
  });

  test('may name a workload before the figure, and have spaces around the operator', () => {
    expect(parseThreshold('rest-json-h1.attribution.create.cpu <= 100.5 us')).toMatchObject({
      contender: 'rest-json-h1',
      scenario: 'attribution',
      workload: 'create',
      figure: 'cpu',
      operator: '<=',
      limit: 100.5,
      unit: 'us',
    });
    expect(parseThreshold('rest.payload.100 payments.bytes-in<1MB').workload).toBe('100 payments');
  });

  test.each([
    ['rest.point-read.p99', "such as rest.point-read.p99<5ms, got 'rest.point-read.p99'"],
    ['rest.p99<5ms', 'expected contender.scenario.figure'],
    ['rest.point-read.read.p99.x<5ms', 'expected contender.scenario.figure'],
    ['rest.point-read.p99==5ms', 'expected contender.scenario.figure'],
    ['rest.point-read.p99<-5ms', 'expected contender.scenario.figure'],
    ['', 'expected contender.scenario.figure'],
    ['rest.point.p99<5ms', /a scenario of point-read, create, .*, got 'point'/],
    ['soap.point-read.p99<5ms', /a contender of point-read: rest, rest-again, .*, got 'soap'/],
    ['rest.screen.p99<5ms', /a contender of screen: rest-chatty, .*, got 'rest'/],
    ['rest.point-read.p98<5ms', /a figure of p50, p90, p99, .*, got 'p98'/],
    ['rest.point-read.constructor<5ms', /a figure of .*, got 'constructor'/],
    ['rest.point-read.p99<5', "expected p99 in us, µs, ms, s, got '5'"],
    ['rest.point-read.p99<5kB', "expected p99 in us, µs, ms, s, got '5kB'"],
    ['rest.point-read.queries<4ms', "expected queries without a unit, got '4ms'"],
    ['sse.events.delivery.delay<5ms', "expected delay without a workload, got 'delivery'"],
  ])('says what was expected and what was got: %s', (text, message) => {
    expect(() => parseThreshold(text)).toThrow(message);
    expect(() => parseThreshold(text)).toThrow(`--threshold '${text}'`);
  });
});

describe('a threshold', () => {
  test.each([
    ['rest.point-read.p50<0.5ms', 'met', '0.4 ms; read at 2,000/s, 64 connections, 3 processes'],
    ['rest.point-read.p50>=400us', 'met', '400 us'],
    ['rest.point-read.p50<400us', 'not met', '400 us'],
    ['rest.point-read.p99<5ms', 'met', '4.001 ms'],
    ['rest.point-read.p99<=0.004s', 'not met', '0.004001 s'],
    ['rest.point-read.cpu<=50us', 'met', '50 us'],
    ['rest.point-read.cpu>50us', 'not met', '50 us'],
    ['rest.point-read.throughput>11000/s', 'met', '12,000/s; read, 64 in flight, 64 connections'],
    ['rest.point-read.capacity>=10000/s', 'not met', '9000/s; read with p99 ≤ 20 ms'],
    ['rest.point-read.bytes-in<1kB', 'met', '0.89 kB'],
    ['rest.point-read.bytes-out<100B', 'not met', '200 B'],
    ['rest.point-read.queries<=1', 'not met', '1.5;'],
    ['rest.point-read.requests<=1', 'met', '1;'],
    ['sse.events.delay<2ms', 'met', '1.7'],
    ['sse.events.p99-delay<2ms', 'not met', '17.01 ms; an event, 10 watchers, 2 processes'],
    ['sse.events.cpu-per-event<2ms', 'met', '1.7 ms'],
  ])('%s is %s', (text, verdict, measured) => {
    expect(judge(text)).toMatchObject({ text, verdict });
    expect(judge(text)?.measured).toContain(measured);
  });

  test('is of the first workload, or of the one that it names', () => {
    const of = (figure: string) => judge(`rest-json-h1.attribution.${figure}`)?.measured;
    expect(of('cpu<1s')).toMatch(/^0.00005 s; read at 2,000/);
    expect(of('create.cpu<1ms')).toMatch(/^0.3 ms; create at 500/);
    expect(of('create.throughput>1/s')).toMatch(/^4000\/s; create/);
    expect(of('create.p50<1ms')).toMatch(/^2 ms; create at 500/);
  });

  test('reads the samples of all processes together, and none with fewer than 10 beyond', () => {
    const few = { open: [openLoad(50, 400, { response: histogramAround(400, 400) })] };
    const judgeFew = (processes: number) => {
      const cells = [
        cellOf(
          'create graphql',
          Array.from({ length: processes }, () => few),
        ),
      ];
      return judgeThresholds(resultOf(cells), [parseThreshold('graphql.create.p99<5ms')])[0];
    };
    expect(judgeFew(3)?.verdict).toBe('met');
    expect(judgeFew(2)).toMatchObject({
      verdict: 'not measured',
      measured: 'of 800 samples fewer than 10 are beyond it',
    });
  });

  test.each([
    ['websocket.point-read.p99<5ms', 'point-read of websocket was not run'],
    ['graphql.point-read.p99<5ms', 'INVALID: wrong answer'],
    ['grpc.point-read.p99<5ms', '1 of 2 processes: overflow: 3 of 1,000'],
    ['rest.create.throughput>1/s', '1 of 1 processes: client at 90 %'],
    ['websocket.create.cpu<1s', 'the server does not report it'],
    ['websocket.create.queries<1', 'the server does not report it'],
    ['rest.point-read.delay<1ms', 'not measured in this scenario'],
    ['sse.events.p99<5ms', 'not measured in this scenario'],
    ['rest.point-read.delete.p99<5ms', "no workload 'delete'; there is read, create"],
  ])('%s is not measured, and says why', (text, measured) => {
    expect(judge(text)).toEqual({ text, verdict: 'not measured', measured });
  });

  test('of CPU at capacity stands where the client was the limit', () => {
    expect(judge('rest.create.cpu-at-capacity<100us')?.verdict).toBe('met');
  });

  test('of capacity is not met where no rate met the objective', () => {
    expect(judge('grpc.create.capacity>100/s')).toMatchObject({ verdict: 'not met' });
    expect(judge('grpc.create.capacity>100/s')?.measured).toMatch(/^0\/s; read with p99 ≤ 20 ms/);
  });
});
