import type { Scenario } from '../trial/scenario.ts';
import { attribution } from './attribution.ts';
import { bare } from './bare.ts';
import { cached } from './cached.ts';
import { create } from './create.ts';
import { errors } from './errors.ts';
import { events } from './events.ts';
import { idle } from './idle.ts';
import { payload } from './payload.ts';
import { pointRead } from './point-read.ts';
import { screen } from './screen.ts';

/** Everything that is measured through the wires, in the order of the report. */
export const scenarios: readonly Scenario[] = [
  pointRead,
  create,
  attribution,
  payload,
  screen,
  events,
  cached,
  errors,
  idle,
  bare,
];

/** @throws Error where there is none of this name */
export function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (!found) throw new Error(`Expected a scenario, got '${name}'.`);
  return found;
}
