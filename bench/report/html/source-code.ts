import type { OperationName } from '../../../services/core/operations.ts';
import type { Result } from '../../result/result.ts';
import { roomOf } from '../../result/wires.ts';
import { colourOf } from './contenders.ts';

/** Rooms' files that a scenario goes through; the others go through payments. */
const roomFiles: Readonly<Record<string, string>> = { events: 'events', errors: 'errors' };

/** The files that a scenario ran: its own, each wire's room, and the controls. */
export function codeOf(result: Result, scenario: string): string[] {
  const file = roomFiles[scenario] ?? 'payments';
  const cells = result.cells.filter((cell) => cell.scenario === scenario);
  const rooms = new Set(cells.flatMap((cell) => colourOf(cell) ?? []).map(roomOf));
  const hasControls = cells.some(({ kind }) => kind === 'control');
  return [
    `bench/scenarios/${scenario}.ts`,
    ...[...rooms].sort().map((room) => `services/${room}/${room === 'sse' ? 'events' : file}.ts`),
    ...(hasControls ? ['bench/subject/controls/'] : []),
  ];
}

/** Flags that change what is measured, but not where it is written or with which key. */
const valued = ['wires', 'target', 'rate', 'rtt', 'bandwidth', 'connections', 'duration', 'pairs'];
const switches = ['tls', 'quick', 'full'];

const quoted = (text: string): string =>
  /^[\w.,:/=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** What the side-by-side page shows of a scenario: names of operations, and the screen. */
const operations: Readonly<Record<string, readonly (OperationName | 'screen')[]>> = {
  'point-read': ['getPayment'],
  create: ['createPayment'],
  attribution: ['getPayment'],
  'attribution-graphql': ['getPayment'],
  'attribution-websocket': ['getPayment'],
  'grpc-clients': ['getPayment'],
  mixed: ['getPayment', 'screen', 'createPayment', 'refundPayment'],
  http2: ['getPayment'],
  payload: ['listPayments'],
  screen: ['screen'],
  events: ['watchEvents'],
  cached: ['getPayment'],
  errors: ['getPayment', 'createPayment'],
  idle: ['watchEvents'],
};

export const operationsOf = (scenarios: readonly string[]): string[] => [
  ...new Set(scenarios.flatMap((scenario) => operations[scenario] ?? [])),
];

/** Scenarios to run for an answer. Without a noise floor it would show no difference. */
export const withFloor = ({ cells }: Result, scenarios: readonly string[]): string[] => {
  const hasFloor = cells.some(
    ({ scenario, kind }) => kind === 'again' && scenarios.includes(scenario),
  );
  return hasFloor ? [...scenarios] : ['point-read', ...scenarios];
};

/**
 * The command that measures these scenarios again, as this run did.
 * @param wires those to compare. Defaults to those of this run.
 */
export function commandOf(
  { options }: Result,
  scenarios: readonly string[],
  wires: readonly string[] = [],
): string {
  const { seed, flags } = options;
  const kept = flags.flatMap((flag, at) => {
    const [, name = '', value] = /^--([\w-]+)(?:=(.*))?$/.exec(flag) ?? [];
    if (switches.includes(name)) return [flag];
    return valued.includes(name) ? [`--${name} ${quoted(value ?? flags[at + 1] ?? '')}`] : [];
  });
  const only = scenarios.length > 0 ? [`--only ${scenarios.join(',')}`] : [];
  const named = flags.some((flag) => flag.startsWith('--wires'));
  const those = wires.length > 0 && !named ? [`--wires ${wires.join(',')}`] : [];
  return ['npm run bench --', ...only, ...those, ...kept, `--seed ${seed}`].join(' ');
}
