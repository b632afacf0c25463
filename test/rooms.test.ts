import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { wires } from '../services/config.ts';

/** The rules of the code base: which folder may import which. */

const root = resolve(import.meta.dirname, '..');
const rooms: readonly string[] = wires;

const filesUnder = (folder: string, ending = '.ts'): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes('/generated/'))
    .sort();

interface Import {
  readonly file: string;
  /** A path in this project, or the name of a package or built-in. */
  readonly target: string;
}

const specifier = /(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g;

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

const importsOf = (file: string): Import[] =>
  [...textOf(file).matchAll(specifier)].map(([, name = '']) => ({
    file,
    target: name.startsWith('.') ? relative(root, join(root, dirname(file), name)) : name,
  }));

const importsUnder = (folder: string): Import[] => filesUnder(folder).flatMap(importsOf);
const isLocal = ({ target }: Import) => /^(services|bench|test|protos|schema)\//.test(target);
const show = ({ file, target }: Import) => `${file} → ${target}`;

/** The imports of `folder` into this project that start with none of `allowed`. */
const strays = (folder: string, allowed: readonly string[]): string[] =>
  importsUnder(folder)
    .filter(isLocal)
    .filter(({ target }) => !allowed.some((prefix) => target.startsWith(prefix)))
    .map(show);

describe('the directions of imports', () => {
  test('let core import only core, its schema library and pure built-ins', () => {
    expect(strays('services/core', ['services/core/'])).toEqual([]);
    const libraries = importsUnder('services/core').filter((one) => !isLocal(one));
    expect(new Set(libraries.map(({ target }) => target))).toEqual(
      new Set(['zod', 'node:crypto', 'node:timers/promises']),
    );
  });

  test.each(['storage', 'wire'])('let %s import only core and itself', (folder) => {
    expect(strays(`services/${folder}`, ['services/core/', `services/${folder}/`])).toEqual([]);
  });

  test.each(rooms)('let %s import only core, wire and itself', (room) => {
    const allowed = ['services/core/', 'services/wire/', `services/${room}/`, 'schema/', 'protos/'];
    expect(strays(`services/${room}`, allowed)).toEqual([]);
  });

  test('let the side-by-side page import only core, wire, the list of wires and itself', () => {
    const allowed = ['services/core/', 'services/wire/', 'services/config.ts', 'services/console/'];
    expect(strays('services/console/side-by-side', allowed)).toEqual([]);
  });

  test('let console import only core, wire, the list of wires and tables that load no library', () => {
    const tables = ['services/grpc/statuses.ts', 'services/graphql/failures.ts'];
    const allowed = ['services/core/', 'services/wire/', 'services/console/', 'services/config.ts'];
    expect(strays('services/console', [...allowed, ...tables])).toEqual([]);
    const imported = tables
      .flatMap(importsOf)
      .filter(({ target }) => target.startsWith('services'));
    expect(new Set(imported.map(({ target }) => target))).toEqual(
      new Set(['services/core/errors.ts']),
    );
  });

  test('let nothing in services import the composition root', () => {
    const importers = importsUnder('services').filter(
      ({ target }) => target === 'services/main.ts',
    );
    expect(importers.map(show)).toEqual([]);
  });

  test('let bench reach a server only through the clients', () => {
    const allowed = [
      'bench/',
      'services/core/',
      ...rooms.map((room) => `services/${room}/client.ts`),
    ];
    const others = strays('bench', allowed).filter(
      // The micro-scenario of the store measures the store itself: there is no wire in it. Nor is
      // there a room in the controls that have core in them.
      (line) =>
        !line.startsWith('bench/scenarios/storage.ts → services/') &&
        // The page of committed captures is no server.
        line !== 'bench/publish.ts → services/console/side-by-side/page.ts' &&
        !/^bench\/subject\/controls\/[a-z-]*core\.ts → services\//.test(line),
    );
    expect(others).toEqual([]);
  });

  test('let the contract suite reach a server only through the clients', () => {
    const allowed = [
      'test/',
      'services/core/',
      ...rooms.map((room) => `services/${room}/client.ts`),
      // What starts the server under test.
      'services/main.ts',
      'services/config.ts',
      'services/ports.ts',
      'services/demo/merchants.ts',
    ];
    expect(strays('test/contract', allowed)).toEqual([]);
  });
});

/** The files along one circle of imports; empty if there is none. */
function circleIn(imports: readonly Import[]): readonly string[] {
  const next = new Map(imports.map(({ file, target }) => [file, target]));
  const left = imports.filter(({ target }) => next.has(target));
  if (left.length < imports.length) return circleIn(left);
  // Every imported file imports another one now, so that this path comes back to itself.
  const path: string[] = [];
  let file = left[0]?.file;
  while (file !== undefined && !path.includes(file)) {
    path.push(file);
    file = next.get(file);
  }
  return file === undefined ? [] : path.slice(path.indexOf(file));
}

describe('circles of imports', () => {
  const importsIn = (pairs: string): Import[] =>
    pairs.split(' ').map(([file = '', target = '']) => ({ file, target }));

  test('are found in a graph that has other imports too', () => {
    expect(circleIn(importsIn('ab bc bd ca ea df'))).toEqual(['a', 'b', 'c']);
    expect(circleIn(importsIn('ea ab bc ac df'))).toEqual([]);
  });

  test('do not exist in the repository, not even of types', () => {
    const imports = ['services', 'bench', 'test'].flatMap((folder) => importsUnder(folder));
    expect(circleIn(imports)).toEqual([]);
  });
});

describe('folders of the bench', () => {
  /** Each imports only those before it. `cli.ts` and the files beside it import any. */
  const floors = [
    ...['result', 'process', 'statistics', 'link', 'drivers', 'generator', 'subject', 'trial'],
    ...['scenarios', 'questions', 'report', 'costs', 'cross-check'],
  ];

  test('are all part of the declared order', () => {
    const folders = readdirSync(join(root, 'bench'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !['data', 'results'].includes(entry.name))
      .map(({ name }) => name);
    expect(folders.sort()).toEqual(floors.toSorted());
  });

  test.each(floors)('let %s import only itself and the folders before it', (folder) => {
    const below = floors.slice(0, floors.indexOf(folder) + 1).map((name) => `bench/${name}/`);
    expect(strays(`bench/${folder}`, [...below, 'services/', 'protos/', 'schema/'])).toEqual([]);
  });
});

describe('rooms', () => {
  const shared = [
    'client',
    'server',
    'caller',
    'errors',
    'payments',
    'refunds',
    'customers',
    'events',
    'keys',
  ];

  test.each(rooms.filter((room) => room !== 'sse'))('each have the required files: %s', (room) => {
    const files = readdirSync(join(root, 'services', room)).map((name) => name.replace('.ts', ''));
    expect(files).toEqual(expect.arrayContaining(shared));
  });

  test('that carry only events, like sse, have the files for that', () => {
    const files = readdirSync(join(root, 'services/sse')).map((name) => name.replace('.ts', ''));
    expect(files).toEqual(
      expect.arrayContaining(['client', 'server', 'caller', 'errors', 'events']),
    );
  });
});

describe('the list of wires', () => {
  const wire = `'(?:${wires.join('|')})'`;
  /** A list or union of four: all wires, or all that carry calls. */
  const list = new RegExp(`${wire}(?:\\s*[,|]\\s*${wire}){3,}`);
  test('is written once', () => {
    const lists = ['services', 'bench', 'test']
      .flatMap((folder) => filesUnder(folder))
      .filter((file) => list.test(textOf(file)));
    expect(lists).toEqual(['services/config.ts']);
  });
});

describe('names of exported types', () => {
  /** One idea in each room, and the same name for it there. */
  const ofEveryRoom = ['Handler'];

  test('have one meaning in services', () => {
    const declared = filesUnder('services').flatMap((file) =>
      [...textOf(file).matchAll(/^export (?:interface|type|class) (\w+)\b/gm)].map(
        ([, name = '']) => ({ name, file }),
      ),
    );
    const twice = [...Map.groupBy(declared, ({ name }) => name)]
      .filter(([name, places]) => places.length > 1 && !ofEveryRoom.includes(name))
      .map(([name, places]) => `${name}: ${places.map(({ file }) => file).join(', ')}`);
    expect(twice).toEqual([]);
  });
});

describe('files', () => {
  const all = ['services', 'bench', 'test'].flatMap((folder) => filesUnder(folder));

  // Biome counts the lines of functions.
  test('have at most 400 lines', () => {
    const longer = [
      ...all,
      ...['.js', '.css'].flatMap((ending) =>
        ['bench', 'services'].flatMap((folder) => filesUnder(folder, ending)),
      ),
    ].filter((file) => textOf(file).split('\n').length > 401);
    expect(longer).toEqual([]);
  });

  test('have names in kebab-case', () => {
    const odd = all.filter(
      (file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.ts$/.test(file.split('/').at(-1) ?? ''),
    );
    expect(odd).toEqual([]);
    const vague = all.filter((file) => /\b(utils?|helpers?|common|manager|misc)\b/.test(file));
    expect(vague).toEqual([]);
  });

  test('have comments of at most 100 columns', () => {
    const wide = all.flatMap((file) =>
      textOf(file)
        .split('\n')
        .flatMap((line, index) =>
          line.length > 100 && /^\s*(\/\/|\/?\*)/.test(line) && !line.includes('://')
            ? [`${file}:${index + 1}`]
            : [],
        ),
    );
    expect(wide).toEqual([]);
  });
});
