/**
 * Writes the types and the compiled descriptors of `protos/` to
 * `services/wire/protobuf/generated/`; `--check` writes nothing and fails where the files there
 * are not those that would be written.
 *
 *     node services/grpc/generate.ts [--check]
 */
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { protoPath as healthProto } from 'grpc-health-check';
import { protoFiles, protosDirectory } from '../wire/protobuf/contract.ts';
import { descriptorsFile } from './descriptors.ts';

const generated = dirname(descriptorsFile);

const root = dirname(protosDirectory);

const { resolve } = createRequire(import.meta.url);
const typesGenerator = join(
  dirname(resolve('@grpc/proto-loader/package.json')),
  'build/bin/proto-loader-gen-types.js',
);
const reflectionProtos = join(dirname(resolve('@grpc/reflection/package.json')), 'build/proto');
const buf = join(dirname(resolve('@bufbuild/buf/package.json')), 'bin/buf');

/** Removes comments, which would make every reflection response five times as long. */
const buildSet = (module: string, ...args: readonly string[]): Buffer =>
  run(
    buf,
    'build',
    module,
    ...args,
    '--as-file-descriptor-set',
    '--exclude-source-info',
    '-o',
    '-',
  );

/** The options beside the directories are those of `wire/protobuf/contract.ts`. */
function generateInto(directory: string): void {
  const options = ['--longs=Number', '--enums=String', '--defaults', '--grpcLib=@grpc/grpc-js'];
  // Relative, because the generator writes the path of its source into every file.
  const layout = ['--importFileExtension=.ts', '--includeDirs=protos', `--outDir=${directory}`];
  run(typesGenerator, ...options, ...layout, ...protoFiles);

  // Concatenated descriptor sets are one set with the files of all, by their encoding.
  const sets = [
    buildSet(protosDirectory),
    buildSet(join(healthProto, '../../..')),
    buildSet(reflectionProtos, '--path', join(reflectionProtos, 'grpc')),
  ];
  writeFileSync(join(directory, basename(descriptorsFile)), Buffer.concat(sets));
}

const run = (script: string, ...args: readonly string[]): Buffer =>
  execFileSync(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: root,
  });

const filesOf = (directory: string): ReadonlyMap<string, string> =>
  new Map(
    globSync('**/*.{ts,binpb}', { cwd: directory })
      .sort()
      .map((path) => [path, readFileSync(join(directory, path), 'latin1')]),
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
        `Expected services/wire/protobuf/generated to be what protos/ gives; these differ: ${stale.join(', ')}.\n` +
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
