import { describe, expect, test } from 'vitest';
import { flags, readCommand } from '../../bench/command.ts';
import { usage, usageOfAll } from '../../bench/usage.ts';

const linesOf = (text: string): string[] => text.trimEnd().split('\n');

/** A line of a shell as its words, without quotes. */
const wordsOf = (line: string): string[] => line.match(/'[^']*'|\S+/g) ?? [];

describe('the help', () => {
  test('fits on one screen', () => {
    expect(linesOf(usage).length).toBeLessThanOrEqual(24);
    const tooWide = [usage, usageOfAll].flatMap(linesOf).filter(({ length }) => length > 100);
    expect(tooWide).toEqual([]);
  });

  test('explains every flag that exists, and no other', () => {
    const explained = [...usageOfAll.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name);
    const others = ['compare', 'assemble'];
    expect([...explained, ...others].toSorted()).toEqual(Object.keys(flags).toSorted());
    expect(usageOfAll).toMatch(/bench -- --compare OLD NEW .*\n.*bench -- --assemble FOLDERS/);
  });

  test('gives examples that the command line takes', () => {
    const examples = linesOf(usage).flatMap((line) => {
      const [, command] = /^ {2}npm run bench -- (.+?) {2,}\S/.exec(line) ?? [];
      return command === undefined ? [] : [command];
    });
    expect(examples.length).toBeGreaterThan(8);
    for (const example of examples) {
      const args = wordsOf(example).map((word) => word.replaceAll("'", ''));
      expect(() => readCommand(args, ''), example).not.toThrow();
    }
  });
});
