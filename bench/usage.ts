import { partNames } from './parts.ts';
import { wrapped } from './result/table.ts';
import { wireNames } from './result/wires.ts';
import { scenarioNames } from './scenarios/index.ts';
import { storageName } from './trial/plan.ts';

/** The seed of a run without `--seed`. */
export const defaultSeed = 1;

/** What a run can be limited to. */
export const onlyNames = [...scenarioNames, storageName];

/** What `--help` prints: one screen, by example. */
export const usage = `Measures the same payments API over REST, gRPC, GraphQL, SSE and WebSocket on this machine, and
answers which of them to take. Before anything is timed, all results are checked to be equal.

  npm run bench                                      the main questions, in at most 5 minutes
  npm run bench -- --quick                           a minute: a smoke test, which answers nothing
  npm run bench -- --full                            every question, in parts; about 45 minutes
  npm run bench -- --part idle,caching               some of these parts
  npm run bench -- --list                            what would run, and for how long

Measure something else
  npm run bench -- --only point-read --wires grpc    one scenario, gRPC beside REST
  npm run bench -- --rate 5000 --duration 5s         another load
  npm run bench -- --only screen --rtt 0,10,50       with network delay, in milliseconds
  npm run bench -- --target rest=http://127.0.0.1:4000      a server that runs already

Use the result
  npm run bench -- --verbose                         prints every table before the answers
  npm run bench -- --compare OLD NEW                 what differs between two results
  npm run bench -- --threshold 'rest.point-read.p99<5ms'    exit code 2 if it is not met

Reports are written to bench/results. Every flag: npm run bench -- --help all
`;

/** What `--help all` prints: every flag. */
export const usageOfAll = `npm run bench [-- FLAGS]                  measures, answers, and writes reports
npm run bench -- --compare OLD NEW       compares two results; files or their folders
npm run bench -- --assemble FOLDERS --out FILE   one result from folders of parts
npm run bench -- cross-check             measures by wrk and h2load too, if installed
npm run bench -- costs                   CPU time of the most expensive requests, by token

what
  --only NAMES        scenarios, separated by commas:
${wrapped(onlyNames.join(', '), ' '.repeat(22))}
  --wires NAMES       wires to compare with the baseline:
${wrapped(wireNames.join(', '), ' '.repeat(22))}
  --target WIRE=URL   measures a running server; once for each wire; gRPC: grpc=HOST:PORT
  --target-pid N      process of that server, to measure its CPU time
  --target-key KEY    API key for that server
  --target-ca FILE    certificate authority of that server, PEM

how
  --quick             one short round, which shows that the bench works, not which wire is faster
  --full              all parts, with more rounds and longer phases, in one result; continues an
                      interrupted run, and reuses parts that nothing has changed
  --fresh             measures every part of --full again
  --part NAMES        some parts of --full:
${wrapped(partNames.join(', '), ' '.repeat(22))}
  --rate N            calls a second at the rate that is equal for all
  --rtt LIST          round-trip times to add, in ms, separated by commas
  --bandwidth N       megabits a second in each direction
  --connections N     connections, and calls in flight
  --duration TIME     length of each timed phase: 5s, 500ms, 2m, or a number of seconds
  --pairs N           fresh processes of each contender; below 3, no difference is significant
  --tls               TLS on every wire, with a self-signed certificate
  --seed N            seed of the order of processes and of arrivals; defaults to ${defaultSeed}

result
  --verbose           prints every table before the answers
  --out FOLDER        folder in which each run gets a dated folder; defaults to bench/results
  --json              prints only the result, as JSON, on standard output
  --threshold TEXT    limit to check, such as 'rest.point-read.p99<5ms'; may be repeated
  --strict            exit code 3 if anything is invalid, even if every answer has its figures
  --list              prints what would run and how long it takes, and runs nothing
  --help              prints examples; --help all prints this

Exit codes: 0 every answer has its figures, 1 error, 2 a threshold is not met, 3 an answer lost its
figure, 130 interrupted.
`;
