import type { Scenario } from '../trial/scenario.ts';
import { attribution } from './attribution.ts';
import { attributionGraphql } from './attribution-graphql.ts';
import { attributionWebsocket } from './attribution-websocket.ts';
import { cached } from './cached.ts';
import { create } from './create.ts';
import { curve } from './curve.ts';
import { errors } from './errors.ts';
import { events } from './events.ts';
import { grpcClients } from './grpc-clients.ts';
import { http2 } from './http2.ts';
import { idle } from './idle.ts';
import { mixed } from './mixed.ts';
import { payload } from './payload.ts';
import { pointRead } from './point-read.ts';
import { screen } from './screen.ts';

/** Everything that is measured through the wires, in the order of the report. */
const byName = {
  'point-read': pointRead,
  create,
  attribution,
  'attribution-graphql': attributionGraphql,
  'attribution-websocket': attributionWebsocket,
  'grpc-clients': grpcClients,
  payload,
  screen,
  events,
  cached,
  errors,
  curve,
  idle,
  mixed,
  http2,
} as const satisfies Readonly<Record<string, Scenario>>;

export type ScenarioName = keyof typeof byName;

export const scenarios: readonly Scenario[] = Object.values(byName);

// The keys of a constant are known.
export const scenarioNames = Object.keys(byName) as readonly ScenarioName[];

export const isScenarioName = (name: string): name is ScenarioName => Object.hasOwn(byName, name);

/** @throws Error if no scenario has this name */
export function scenarioNamed(name: string): Scenario {
  if (isScenarioName(name)) return byName[name];
  throw new Error(`Expected a scenario, got '${name}'.`);
}
