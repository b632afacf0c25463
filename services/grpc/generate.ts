/**
 * Writes the types of `protos/` to `services/grpc/generated/`; `--check` writes nothing and fails
 * where the files there are not those that would be written.
 *
 *     node services/grpc/generate.ts [--check]
 */
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { protoFiles, protosDirectory } from './contract.ts';

const generated = join(import.meta.dirname, 'generated');

const generator = join(
  dirname(createRequire(import.meta.url).resolve('@grpc/proto-loader/package.json')),
  'build/bin/proto-loader-gen-types.js',
);

/** The options beside the directories are those of `contract.ts`. */
function generateInto(directory: string): void {
  const options = ['--longs=Number', '--enums=String', '--defaults', '--grpcLib=@grpc/grpc-js'];
  // Relative, since the generator notes in every file where it found its source.
  const layout = ['--importFileExtension=.ts', '--includeDirs=protos'];
  execFileSync(
    process.execPath,
    [generator, ...options, ...layout, `--outDir=${directory}`, ...protoFiles],
    { stdio: ['ignore', 'ignore', 'inherit'], cwd: dirname(protosDirectory) },
  );
}

const filesOf = (directory: string): ReadonlyMap<string, string> =>
  new Map(
    globSync('**/*.ts', { cwd: directory })
      .sort()
      .map((path) => [path, readFileSync(join(directory, path), 'utf8')]),
  );

function check(): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'fivewire-protos-'));
  try {
    generateInto(directory);
    const expected = filesOf(directory);
    const found = filesOf(generated);
    const paths = new Set([...expected.keys(), ...found.keys()]);
    const stale = [...paths].filter((path) => expected.get(path) !== found.get(path));
    if (stale.length > 0) {
      console.error(
        `Expected services/grpc/generated to be what protos/ gives; these differ: ${stale.join(', ')}.\n` +
          'Run: node services/grpc/generate.ts',
      );
    }
    return stale.length === 0;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

if (process.argv.includes('--check')) {
  process.exitCode = check() ? 0 : 1;
} else {
  rmSync(generated, { recursive: true, force: true });
  generateInto(generated);
}
