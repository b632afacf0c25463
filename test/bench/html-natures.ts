import type { Cell } from '../../bench/result/result.ts';

/** What the contenders of the made-up result are like. */

export interface Nature {
  readonly kind: Cell['kind'];
  /** Server CPU of a call, and of each kilobyte of its answer, µs. */
  readonly cpu: number;
  readonly cpuPerKilobyte: number;
  readonly sent: number;
  readonly received: number;
  /** Of the received bytes that grow with the answer. */
  readonly density: number;
}

export const natures = {
  rest: { kind: 'room', cpu: 56, cpuPerKilobyte: 9, sent: 210, received: 890, density: 1 },
  'rest-again': { kind: 'again', cpu: 57, cpuPerKilobyte: 9, sent: 210, received: 890, density: 1 },
  grpc: { kind: 'room', cpu: 148, cpuPerKilobyte: 3, sent: 80, received: 260, density: 0.4 },
  graphql: { kind: 'room', cpu: 118, cpuPerKilobyte: 13, sent: 420, received: 760, density: 0.9 },
  'graphql-lean': {
    kind: 'room',
    cpu: 92,
    cpuPerKilobyte: 13,
    sent: 420,
    received: 700,
    density: 0.9,
  },
  websocket: { kind: 'room', cpu: 39, cpuPerKilobyte: 9, sent: 110, received: 700, density: 1 },
  hono: { kind: 'control', cpu: 31, cpuPerKilobyte: 0, sent: 210, received: 890, density: 1 },
  'grpc-js': { kind: 'control', cpu: 96, cpuPerKilobyte: 0, sent: 80, received: 260, density: 0.4 },
  yoga: { kind: 'control', cpu: 92, cpuPerKilobyte: 0, sent: 420, received: 760, density: 0.9 },
  'graphql-execute': {
    kind: 'control',
    cpu: 61,
    cpuPerKilobyte: 0,
    sent: 420,
    received: 700,
    density: 0.9,
  },
  ws: { kind: 'control', cpu: 12, cpuPerKilobyte: 0, sent: 110, received: 700, density: 1 },
} satisfies Record<string, Nature>;
