import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { type OperationName, operations } from '../services/core/operations.ts';
import { operationDocuments } from '../services/graphql/documents.ts';
import { methods } from '../services/wire/protobuf/methods.ts';

/** How many files an operation costs: each must say something that only it knows. */

const root = resolve(import.meta.dirname, '..');
const maxFiles = 12;

/** What no hand writes, and data. */
const notWritten = [
  'schema/openapi.json',
  'schema/asyncapi.yaml',
  'schema/released/**',
  'services/wire/protobuf/generated/**',
  'services/console/side-by-side/captures/**',
  'services/console/side-by-side/measured.json',
];

/** What shows an operation that it has chosen: a new one does without. */
const examples = ['README.md', 'services/console/calls.ts', 'services/demo/**'];

const texts = new Map(
  globSync(['*.md', '{protos,schema,services}/**/*.*'], {
    cwd: root,
    exclude: [...notWritten, ...examples],
  }).map((file) => [file, readFileSync(join(root, file), 'utf8')]),
);

/** Its names in core, in payments.v1 and in GraphQL, unless that is just the resource's word. */
function namesOf(name: OperationName): readonly string[] {
  const method = methods[name].definition.path.split('/').at(-1) ?? '';
  const document = name in operationDocuments ? operationDocuments[name as never] : '';
  const [, field = ''] = /result: (\w+)/.exec(document) ?? [];
  return [name, method, /[A-Z]/.test(field) ? field : ''].filter((one) => one !== '');
}

function spellingsOf(name: string): readonly string[] {
  const words = name.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
  const capitals = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return [
    [words[0], ...capitals.slice(1)].join(''),
    capitals.join(''),
    words.join('_'),
    words.join('_').toUpperCase(),
    words.join('-'),
  ];
}

function filesNaming(name: OperationName): readonly string[] {
  const spellings = namesOf(name).flatMap(spellingsOf).join('|');
  const pattern = new RegExp(`(?<![A-Za-z])(${spellings})(?![A-Za-z])`);
  return [...texts].filter(([, text]) => pattern.test(text)).map(([file]) => file);
}

test.each(Object.keys(operations) as OperationName[])(
  '%s is named in at most 12 hand-written files outside tests, bench and examples',
  (name) => {
    const files = filesNaming(name);
    // One that is found nowhere was looked for in the wrong places.
    expect(files).toContain('services/wire/protobuf/methods.ts');
    expect(files.length, files.join('\n')).toBeLessThanOrEqual(maxFiles);
  },
);
