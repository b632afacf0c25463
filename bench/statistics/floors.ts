import type { Result } from '../result/result.ts';
import type { WireName } from '../result/wires.ts';
import type { AttributionPart } from './attribution-by-round.ts';
import type { AttributionScenario } from './attribution-chains.ts';
import { type Comparison, spreadOf } from './paired.ts';
import { createRandom } from './random.ts';
import { compareCells, findCell, pairsOf, typical } from './summary.ts';

/**
 * The fair floors of a room: its library that returns a constant in the wire's encoding (`bare`),
 * and the same library that calls core instead (`withCore`).
 */
export interface Floors {
  readonly wire: WireName;
  readonly scenario: AttributionScenario;
  readonly room: string;
  readonly bare: string;
  readonly withCore: string;
}

export const floorsOfRooms: readonly Floors[] = [
  {
    wire: 'rest',
    scenario: 'attribution',
    room: 'rest-json-h1',
    bare: 'hono',
    withCore: 'hono-core',
  },
  {
    wire: 'grpc',
    scenario: 'attribution',
    room: 'grpc',
    bare: 'grpc-js',
    withCore: 'grpc-js-core',
  },
  {
    wire: 'graphql',
    scenario: 'attribution-graphql',
    room: 'graphql',
    bare: 'yoga',
    withCore: 'yoga-core',
  },
  {
    wire: 'graphql',
    scenario: 'attribution-graphql',
    room: 'graphql-lean',
    bare: 'graphql-execute',
    withCore: 'graphql-core',
  },
  {
    wire: 'websocket',
    scenario: 'attribution-websocket',
    room: 'websocket',
    bare: 'ws-json',
    withCore: 'ws-core',
  },
];

/** How much of a library's speed a room has, and what the room adds to library and core. */
export interface FloorFigures {
  readonly floors: Floors;
  /** Server CPU a read at the equal rate. */
  readonly micros: Readonly<Record<'bare' | 'withCore' | 'room', number | undefined>>;
  readonly ours: AttributionPart;
  /** CPU at equal rate, library over room. */
  readonly atRate: Comparison;
  /** Throughput at saturation, room over library; undefined if a client was the limit. */
  readonly atSaturation: Comparison | undefined;
}

/** The floors that this run measured, in the order of the report. */
export const floorFigures = (result: Result): FloorFigures[] =>
  floorsOfRooms.flatMap((floors) => {
    const cellOf = (contender: string) => findCell(result, floors.scenario, contender);
    const [bare, withCore, room] = [floors.bare, floors.withCore, floors.room].map(cellOf);
    const atRate = compareCells(result, bare, room, 'cpuAtRate');
    const pairs = pairsOf(room, withCore, 'cpuAtRate');
    if (!atRate || pairs.length === 0) return [];
    const differences = pairs.map(([whole, floor]) => whole - floor);
    const { mean, interval } = spreadOf(differences, createRandom(result.options.seed));
    const microsOf = (cell: typeof room) => cell && typical(cell, 'cpuAtRate');
    return {
      floors,
      micros: { bare: microsOf(bare), withCore: microsOf(withCore), room: microsOf(room) },
      ours: { label: 'our code', micros: mean, interval },
      atRate,
      atSaturation: compareCells(result, room, bare, 'throughput'),
    };
  });
