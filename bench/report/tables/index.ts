import type { Result } from '../../result/result.ts';
import type { ReportTable } from '../../result/table.ts';
import { type ScenarioName, scenarioNamed, scenarioNames } from '../../scenarios/index.ts';
import { cellsOf } from '../../scenarios/labels.ts';
import type { Scenario } from '../../trial/scenario.ts';
import { attributionTables } from './attribution.ts';
import { cachedTable } from './cached.ts';
import { calibrationTable } from './calibration.ts';
import { clientTable } from './clients.ts';
import { concurrencyTable } from './concurrency.ts';
import { curveTable } from './curve.ts';
import { errorTable } from './errors.ts';
import { eventTable } from './events.ts';
import { http2Tables } from './http2.ts';
import { idleTable } from './idle.ts';
import { loadTable } from './load.ts';
import { mixedTables } from './mixed.ts';
import { oneRatioTable } from './one-ratio.ts';
import { payloadTables } from './payload.ts';
import { screenTables } from './screen.ts';
import { storageTable } from './storage.ts';

type ScenarioTables = (result: Result, scenario: Scenario) => ReportTable[];

const loadTables: ScenarioTables = (result, scenario) => [
  loadTable(result, scenario),
  ...concurrencyTable(result, scenario),
  ...curveTable(result, scenario),
];

/** The tables of each scenario. */
const tables = {
  'point-read': loadTables,
  create: loadTables,
  attribution: attributionTables,
  'attribution-graphql': attributionTables,
  'attribution-websocket': attributionTables,
  'grpc-clients': (result, scenario) => [clientTable(result, scenario)],
  payload: payloadTables,
  screen: screenTables,
  events: (result, scenario) => [eventTable(result, scenario)],
  cached: (result, scenario) => [cachedTable(result, scenario)],
  errors: (result, scenario) => [errorTable(result, scenario)],
  idle: (result, scenario) => [idleTable(result, scenario)],
  mixed: mixedTables,
  http2: http2Tables,
  curve: loadTables,
} satisfies Record<ScenarioName, ScenarioTables>;

/** The tables of one scenario; empty if it was not run. */
export function tablesOfScenario(result: Result, name: ScenarioName): ReportTable[] {
  const scenario = scenarioNamed(name);
  return cellsOf(result, scenario).length === 0 ? [] : tables[name](result, scenario);
}

/** All tables of a result, in the order of the scenarios. */
export const tablesOf = (result: Result): ReportTable[] => [
  ...scenarioNames.flatMap((name) => tablesOfScenario(result, name)),
  ...oneRatioTable(result),
  ...storageTable(result),
  ...calibrationTable(result),
];
