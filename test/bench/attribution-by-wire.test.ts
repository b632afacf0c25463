import { describe, expect, test } from 'vitest';
import { tablesOfScenario } from '../../bench/report/tables/index.ts';
import type { Cell, Result } from '../../bench/result/result.ts';
import { callWires } from '../../bench/result/wires.ts';
import { attribution } from '../../bench/scenarios/attribution.ts';
import { attributionGraphql } from '../../bench/scenarios/attribution-graphql.ts';
import { attributionWebsocket } from '../../bench/scenarios/attribution-websocket.ts';
import { wireAttributions } from '../../bench/statistics/attribution-by-wire.ts';
import {
  type AttributionScenario,
  attributionChains,
  type Layer,
} from '../../bench/statistics/attribution-chains.ts';
import { floorFigures, floorsOfRooms } from '../../bench/statistics/floors.ts';
import { makePlan } from '../../bench/trial/plan.ts';
import { cellOf, closedLoad, openLoad, resultOf } from './small-result.ts';

const scenarios = [attribution, attributionGraphql, attributionWebsocket];
const contenderOf = (scenario: AttributionScenario, name: string) =>
  scenarios.find((one) => one.name === scenario)?.contenders.find((one) => one.name === name);

describe('the chain of a wire', () => {
  test.each(attributionChains)(
    '$name goes through contenders of its scenario and wire',
    (chain) => {
      for (const { upTo } of chain.steps) {
        expect(contenderOf(chain.scenario, upTo)?.wire, upTo).toBe(chain.wire);
      }
    },
  );

  test('is there for every wire, from transport to our code', () => {
    const layersOf = (wire: string): Layer[] =>
      attributionChains
        .filter((chain) => chain.wire === wire)
        .flatMap(({ steps }) => steps.map(({ layer }) => layer));
    for (const wire of callWires) {
      expect(layersOf(wire), wire).toEqual(
        expect.arrayContaining(['transport', 'encoding', 'core', 'our code']),
      );
    }
  });

  test('of HTTP/2 has both APIs of Node as floors', () => {
    const controls = attributionChains
      .filter(({ name }) => name === 'rest-http2')
      .flatMap(({ steps }) => steps.map(({ upTo }) => upTo));
    expect(controls).toEqual(expect.arrayContaining(['node-http2', 'node-http2-compat']));
  });
});

/** Of a contender that costs so many microseconds in each round. */
const measured = (scenario: string, contender: string, micros: readonly number[]): Cell =>
  cellOf(
    `${scenario} ${contender}`,
    micros.map((cost) => ({
      open: [openLoad(cost, 300)],
      closed: [closedLoad(1e6 / cost)],
    })),
  );

const restOf = (more: readonly Cell[] = []): Result =>
  resultOf([
    measured('attribution', 'node-http-constant', [20, 21, 19, 20]),
    measured('attribution', 'node-http', [24, 25, 23, 24]),
    measured('attribution', 'hono', [40, 42, 38, 40]),
    measured('attribution', 'hono-core', [60, 61, 59, 64]),
    measured('attribution', 'rest-json-h1', [80, 80, 80, 88]),
    ...more,
  ]);

describe('where the CPU of a wire goes', () => {
  test('is in parts that add up to what its room costs', () => {
    const [rest, ...others] = wireAttributions(restOf());
    expect(others).toEqual([]);
    const sum = rest?.parts.reduce((micros, part) => micros + part.micros, 0);
    expect(sum).toBeCloseTo(82, 9);
    expect(rest?.total.micros).toBeCloseTo(82, 9);
    expect(rest?.parts.map(({ layer, micros }) => [layer, micros])).toEqual([
      ['transport', 20],
      ['encoding', 4],
      ['library', 16],
      ['core', 21],
      ['our code', 21],
    ]);
    for (const { interval, micros } of rest?.parts ?? []) {
      expect(interval?.low).toBeLessThanOrEqual(micros);
      expect(interval?.high).toBeGreaterThanOrEqual(micros);
    }
  });

  test('is not said of a wire of which one layer is missing or not valid', () => {
    const [first, ...rest] = restOf().cells;
    expect(wireAttributions(resultOf(rest))).toEqual([]);
    const broken = first && { ...first, invalid: ['unexpected failures'] };
    expect(wireAttributions(resultOf([...(broken ? [broken] : []), ...rest]))).toEqual([]);
  });
});

describe('the fair floors of a room', () => {
  test.each(floorsOfRooms)('$room has its library with a constant and with core', (floors) => {
    const { scenario, room, bare, withCore } = floors;
    expect(contenderOf(scenario, room)?.kind).toBe('room');
    expect(contenderOf(scenario, bare)?.subject).toEqual({ control: bare });
    expect(contenderOf(scenario, withCore)?.subject).toEqual({ control: withCore, database: true });
  });

  test('say that what is ours is the room less the library with core', () => {
    const [rest] = floorFigures(restOf());
    expect(rest?.ours.micros).toBeCloseTo(21, 9);
    expect(rest?.atRate.ratio).toBeCloseTo((0.5 * 0.525 * 0.475 * (40 / 88)) ** 0.25, 9);
    expect(rest?.atSaturation?.ratio).toBeCloseTo((0.5 * 0.525 * 0.475 * (40 / 88)) ** 0.25, 9);
  });
});

test('a full attribution of all wires takes less than 20 minutes', () => {
  const request = {
    wires: [],
    seed: 1,
    tls: false,
    targets: [],
    loading: { effort: 'full' },
  } as const;
  const only = scenarios.map(({ name }) => name);
  expect(makePlan(scenarios, { ...request, only }, true).estimateMs).toBeLessThan(20 * 60_000);
});

describe('the tables of attribution', () => {
  const tables = tablesOfScenario(restOf(), 'attribution');

  test('name both ratios of a room to its library, which need not agree', () => {
    const heads = tables.flatMap(({ columns }) => columns.map(({ head }) => head));
    expect(heads).toEqual(
      expect.arrayContaining([
        'CPU at equal rate: library over room',
        'throughput at saturation: room over library',
      ]),
    );
  });

  test('have a row for each layer, and one for the whole', () => {
    const rows = tables[0]?.rows.map(([, layer, , micros]) => [layer, micros?.split(' ')[0]]);
    expect(rows).toEqual([
      ['transport', '20'],
      ['encoding', '4'],
      ['library', '16'],
      ['core', '21'],
      ['our code', '21'],
      ['whole', '82'],
    ]);
  });
});
