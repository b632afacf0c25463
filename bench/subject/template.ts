import { spawn } from 'node:child_process';
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { hashOf, root } from './sources.ts';

const folder = join(root, '.data');
const importer = join(root, 'services/demo/cli.ts');

/** What an imported database depends on: the rows, how they are imported, and how they are kept. */
const sources = [
  'bench/data/online-retail-invoices.csv',
  'services/demo',
  'services/storage',
  'services/core',
];

/** The database of the real invoices, imported once for every state of its sources. */
export interface Template {
  readonly exists: boolean;
  readonly path: string;
}

export function findTemplate(): Template {
  const path = join(folder, `bench-${hashOf(sources).slice(0, 16)}.db`);
  return { exists: existsSync(path), path };
}

/** Imports the invoices into the template, with the importer's own progress on the terminal. */
export async function importTemplate({ path }: Template, signal: AbortSignal): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  const args = [importer, '--database', `sqlite:${unfinished}`];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'], signal });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  // An interrupt is an error event too; the exit event says the same.
  child.once('error', () => {});
  const code = await ended;
  if (code === 0) renameSync(unfinished, path);
  sweep(path);
  if (code !== 0) throw new Error(`Expected the importer to end with 0, got ${code}.`);
}

/** Whether a process of this number runs. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Deletes templates of earlier code, unfinished ones, and what runs that were killed have left. */
function sweep(current: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const run = /^bench-run-(\d+)-/.exec(name)?.[1];
    const isOldTemplate = /^bench-[0-9a-f]{16}\.db/.test(name) && path !== current;
    const isLeftover = run !== undefined && !isRunning(Number(run));
    if (isOldTemplate || isLeftover) rmSync(path, { recursive: true, force: true });
  }
}

/** Databases of one run, deleted with it. */
export interface Copies {
  readonly folder: string;
  /** A new copy for one process, of the template or of what was kept since. */
  copy(): string;
  /** Makes a database, in use or not, what all further copies are copies of. */
  keep(path: string): Promise<void>;
  /** A path for another file of the run. */
  file(name: string): string;
  delete(path: string): void;
  close(): void;
}

export function openCopies(template: Template): Copies {
  mkdirSync(folder, { recursive: true });
  const own = mkdtempSync(join(folder, `bench-run-${process.pid}-`));
  let count = 0;
  const remove = () => rmSync(own, { recursive: true, force: true });
  process.on('exit', remove);
  let original = template.path;
  return {
    folder: own,
    async keep(path) {
      const kept = join(own, 'kept.db');
      const database = new DatabaseSync(path, { readOnly: true });
      await backup(database, kept);
      database.close();
      original = kept;
    },
    copy() {
      count += 1;
      const path = join(own, `${count}.db`);
      copyFileSync(original, path, constants.COPYFILE_FICLONE);
      return path;
    },
    file: (name) => join(own, name),
    delete(path) {
      for (const ending of ['', '-wal', '-shm']) rmSync(path + ending, { force: true });
    },
    close() {
      remove();
      process.off('exit', remove);
    },
  };
}
