import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { eventTypes } from '../../services/core/events/event.ts';
import { operations } from '../../services/core/operations.ts';
import { asyncApiText } from '../../services/websocket/asyncapi.ts';
import { toYaml } from '../../services/websocket/yaml.ts';

const root = new URL('../../schema/', import.meta.url);
const text = readFileSync(new URL('asyncapi.yaml', root), 'utf8');

/** The names one level below a path of names, by indentation. */
function namesUnder(...path: readonly string[]): string[] {
  const lines = text.split('\n');
  let from = -1;
  for (const [depth, name] of path.entries()) {
    from = lines.indexOf(`${'  '.repeat(depth)}${name}:`, from + 1);
    expect(from, path.join(' › ')).toBeGreaterThanOrEqual(0);
  }
  const names: string[] = [];
  for (const line of lines.slice(from + 1)) {
    const depth = line.search(/\S/) / 2;
    if (depth < path.length) break;
    const name = /^\s*([^\s:]+):/.exec(line)?.[1];
    if (depth === path.length && name) names.push(name);
  }
  return names;
}

test('schema/asyncapi.yaml matches the code', () => {
  expect(text).toBe(asyncApiText());
});

test('every operation of the core is in the AsyncAPI document with its call and its result', () => {
  const { watchEvents, ...calls } = operations;
  expect(namesUnder('operations')).toEqual(
    expect.arrayContaining([...Object.keys(calls), watchEvents.name]),
  );
  expect(namesUnder('channels', 'websocket', 'messages')).toEqual(
    expect.arrayContaining(
      Object.keys(calls).flatMap((name) => [`call.${name}`, `result.${name}`]),
    ),
  );
});

test('every event type is in the AsyncAPI document', () => {
  expect(namesUnder('channels', 'eventStream', 'messages')).toEqual([...eventTypes, 'error']);
});

test('every reference in the AsyncAPI document has a target', () => {
  const openApi = JSON.parse(readFileSync(new URL('openapi.json', root), 'utf8'));
  const references = [...text.matchAll(/\$ref: "([^"]+)"/g)].map(([, target = '']) => target);
  expect(references.length).toBeGreaterThan(50);
  for (const reference of new Set(references)) {
    const [file, pointer = ''] = reference.split('#');
    const path = pointer.split('/').slice(1);
    if (file === '') {
      expect(namesUnder(...path.slice(0, -1)), reference).toContain(path.at(-1));
      continue;
    }
    expect(file).toBe('./openapi.json');
    const target = path.reduce((at, step) => at?.[step], openApi);
    expect(target, reference).toBeDefined();
  }
});

test('the YAML writer quotes a string that could be read as another type', () => {
  const value = { on: 'no', 'a b': ['- x', { b: [[1], {}], '': '#' }], 'x:y': null, n: 1 };
  expect(toYaml(value)).toBe(
    [
      '"on": "no"',
      '"a b":',
      '  - "- x"',
      '  - b:',
      '      - - 1',
      '      - {}',
      '    "": "#"',
      '"x:y": null',
      '"n": 1',
      '',
    ].join('\n'),
  );
});
