import { roomOf } from '../../scenarios/wires.ts';
import type { Result } from '../result.ts';
import { colourOf } from './contenders.ts';

/** Rooms' files that a scenario goes through; the others go through payments. */
const roomFiles: Readonly<Record<string, string>> = { events: 'events', errors: 'errors' };

/** What a scenario ran: its own file, the core's, and each wire's room. */
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

/** The command that measures these scenarios again. */
export function commandOf({ options }: Result, scenarios: readonly string[]): string {
  const { seed, effort, wires, tls } = options;
  return [
    'npm run bench --',
    ...(scenarios.length > 0 ? [`--only ${scenarios.join(',')}`] : []),
    ...(wires.length > 0 ? [`--wires ${wires.join(',')}`] : []),
    ...(effort === 'normal' ? [] : [`--${effort}`]),
    ...(tls ? ['--tls'] : []),
    `--seed ${seed}`,
  ].join(' ');
}
