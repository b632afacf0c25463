import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { createPorts } from '../ports.ts';
import { openStore } from '../storage/open.ts';
import { importDemo } from './import.ts';
import { createDemoMerchants } from './merchants.ts';
import { formatReport, type ImportReport, reportToJson } from './report.ts';

const invoicesPath = new URL('../../bench/data/online-retail-invoices.csv', import.meta.url);
const maxCopies = 100;
/** As a shell says of a process that ended by SIGINT. */
const interruptedExitCode = 130;

const usage = `Imports the real invoices for the demo merchant.

  --file FILE      CSV file of invoices; defaults to the one in bench/data
  --database URL   sqlite:<path>; defaults to DATABASE_URL
  --scale N        repeats the year for N shops, 1 to ${maxCopies}; 51 make a million payments
  --report FILE    writes the report, with every rejected row, as JSON
  --json           prints the report as JSON, without the rejected rows
`;

interface Arguments {
  readonly csvPath: string | URL;
  readonly database: string;
  readonly copies: number;
  readonly reportPath: string | undefined;
  readonly json: boolean;
}

/** @returns undefined if only help was asked for */
function readArguments(): Arguments | undefined {
  const { values } = parseArgs({
    options: {
      file: { type: 'string' },
      database: { type: 'string' },
      scale: { type: 'string', default: '1' },
      report: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const copies = Number(values.scale);
  if (!Number.isInteger(copies) || copies < 1 || copies > maxCopies) {
    throw new Error(`--scale: expected an integer from 1 to ${maxCopies}, got '${values.scale}'`);
  }
  return {
    csvPath: values.file ?? invoicesPath,
    database: values.database ?? readConfig(process.env).databaseUrl,
    copies,
    reportPath: values.report,
    json: values.json,
  };
}

async function main(): Promise<void> {
  const given = readArguments();
  if (!given) {
    console.log(usage);
    return;
  }
  // An import takes minutes: a report that cannot be written is refused before it.
  if (given.reportPath !== undefined) await writeFile(given.reportPath, '', { flag: 'a' });
  const stop = new AbortController();
  // Again and again: a terminal's signal may reach this process directly and through its parent.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());

  const store = await openStore(given.database);
  try {
    const ports = await createPorts(store);
    await createDemoMerchants(ports);
    const { csvPath, copies } = given;
    const report = await importDemo(ports, { csvPath, copies, signal: stop.signal });
    await publish(report, given);
  } finally {
    await store.close();
  }
}

async function publish(report: ImportReport, { json, reportPath }: Arguments): Promise<void> {
  const { rejectedRows: _rejectedRows, ...summary } = report;
  if (reportPath !== undefined) {
    await writeFile(reportPath, `${JSON.stringify(reportToJson(report), null, 2)}\n`);
  }
  console.log(json ? JSON.stringify(reportToJson(summary), null, 2) : `\n${formatReport(report)}`);
  if (!report.reconciles) {
    throw new Error('expected payments + refunds + rejected = file, got another sum');
  }
  if (report.left.count > 0) process.exitCode = interruptedExitCode;
}

if (import.meta.main) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
