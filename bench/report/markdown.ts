import { questionTable } from '../questions/index.ts';
import { formatDuration, formatTenth } from '../result/format.ts';
import { describePartsOf, measuredMsOf } from '../result/parts-of-run.ts';
import type { Result } from '../result/result.ts';
import { smokeTestNote } from '../result/smoke-test.ts';
import { renderMarkdown } from '../result/table.ts';
import { goalTable } from './goals.ts';
import { headlineOf } from './headline.ts';
import { boardTable } from './readme.ts';
import { tablesOf } from './tables/index.ts';
import { cutSentence, machineSentence } from './trust.ts';

/** The run and its machine, a line each. */
export function describeRun(result: Result): string[] {
  const { environment, options, startedAt, complete } = result;
  const tookMs = measuredMsOf(result);
  const { revision, modified } = environment;
  const memory = Math.round(environment.memoryBytes / 2 ** 30);
  const version = (name: string) => `${name} ${environment.packages[name] ?? '?'}`;
  const note = smokeTestNote(result);
  return [
    ...(note ? [note] : []),
    `${startedAt.slice(0, 16).replace('T', ' ')} UTC, ${formatDuration(tookMs)}${complete ? '' : ', CUT SHORT: not everything was measured'}.`,
    ...describePartsOf(result),
    `${environment.cpuModel}, ${environment.cores} cores, ${memory} GiB, ${environment.machine}; ${environment.kernel}, ${environment.platform}; governor ${environment.governor ?? 'unknown'}; load before ${formatTenth(environment.loadBefore)}.`,
    `Node ${environment.node}; ${['hono', '@hono/node-server', '@grpc/grpc-js', 'graphql', 'ws', 'undici', 'autocannon'].map(version).join(', ')}.`,
    `Revision ${revision?.slice(0, 12) ?? 'unknown'}${modified ? ' with changes' : ''}; seed ${options.seed}${options.flags.length > 0 ? `; flags ${options.flags.join(' ')}` : ''}.`,
    environment.pinned
      ? 'Server on core 0, client on core 1, fresh processes of both in every round.'
      : 'Server and client were not pinned to cores; fresh processes of both in every round.',
    ...(options.nodeFlags.length > 0
      ? [`Every timed server was started with ${options.nodeFlags.join(' ')}.`]
      : []),
    ...(options.tls ? ['Every wire over TLS, with a self-signed certificate.'] : []),
    ...Object.entries(options.targets).map(
      ([wire, place]) =>
        `Target: ${wire} at ${place}, a server that ran before and was not restarted between rounds.`,
    ),
    `Server CPU: ${environment.cpuAccount}.`,
    ...[machineSentence(result), cutSentence(result)].filter((text) => text !== undefined),
  ];
}

/** Limits of the numbers. */
export const limits = [
  'Client and server share one machine. For a distance, a proxy delays both directions and the handshake; loss, congestion and slow start are not modelled.',
  'Bytes are TCP payload: HTTP headers and framing are in, TCP and IP headers are not.',
  'All contenders of a round are alive at once and alternate at steps of 250 ms, in random order, so that a slow spell of the machine affects all of them. A slice is what one step measured. A figure is the median of all slices, and its range is the middle 80 % of them. A ratio is the median over slices that lie beside each other in time, then the geometric mean over pairs of processes of the same round; its interval is a bootstrap over those pairs, widened for their small number.',
  'The equal rate is half of what the slowest contender can do, rounded down, and the same for all. A server above 70 % of its core is near saturation: its latency is not compared.',
  'Contenders warm up all at once, on all cores, until the server CPU of a call no longer falls or the time is up. By default V8 needs more than five minutes to optimise every wire, so a default run lowers its thresholds to a fifth, for all servers alike; `--full` keeps them and warms up for longer. "Not stationary" marks code that was still changing.',
  'A quantile with fewer than 10 samples beyond it is not printed. Histograms of processes are merged; percentiles are never averaged.',
  "INVALID: less than 99 % of a rate was achieved, calls did not fit or failed, the client took more than 80 % of its core, sending was late by more than half of the median response, or a capacity was above 75 % of the ceiling of the generator; also slices that still rose after the warm-up, figures that contradict each other, and rows on which Little's law does not hold. An INVALID measurement has no number here and affects no answer.",
  'Calls under load are sent by a driver that has the bytes of the real client and checks each response; screens, caches and events go through the real clients.',
];

/** The start of the report: the answer, and the board. */
function answerOf(result: Result): string[] {
  const { asks, scope, sentences } = headlineOf(result);
  return [`**${asks}** ${scope} ${sentences.join(' ')}`, '', boardTable(result), ''];
}

/** The whole report in Markdown. */
export const renderReport = (result: Result): string =>
  [
    '# Bench report',
    '',
    ...answerOf(result),
    ...describeRun(result).map((line) => `- ${line}`),
    '',
    ...tablesOf(result).map(renderMarkdown),
    renderMarkdown(goalTable(result)),
    renderMarkdown(questionTable(result)),
    '## How to read this',
    '',
    ...limits.map((line) => `- ${line}`),
    '',
  ].join('\n');
