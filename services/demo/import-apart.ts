import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const cliPath = fileURLToPath(new URL('cli.ts', import.meta.url));

/**
 * Imports the demo merchant's invoices in a process of its own, with its progress on stderr: the
 * memory that an import takes goes with it. It opens the database itself, so that must be a file.
 *
 * @param signal stops the import after its current batch, without an error
 * @throws Error when the import failed; what it said is on stderr
 */
export async function importApart(databaseUrl: string, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return;
  const child = spawn(process.execPath, [cliPath, '--database', databaseUrl], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const stop = () => child.kill('SIGINT');
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const [code, killedBy] = await once(child, 'exit');
    if (code === 0 || signal?.aborted) return;
    throw new Error(`expected the import to end well, got ${killedBy ?? `exit code ${code}`}`);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
