import { expect, test } from 'vitest';
import { rangesOf } from '../../services/wire/http/accept.ts';
import {
  isPlain,
  parseMediaType,
  parseMediaTypes,
  weightOf,
} from '../../services/wire/http/media-type.ts';

const read = (list: string) =>
  parseMediaTypes(list).map((type) => [
    type.name,
    Object.fromEntries(type.parameters),
    weightOf(type),
  ]);

test('a list of media ranges keeps names, parameters and weights apart', () => {
  expect(read('Text/HTML;q=0.5 , application/*;Q=0.125,\t*/*;\tq=0')).toEqual([
    ['text/html', { q: '0.5' }, 0.5],
    ['application/*', { q: '0.125' }, 0.125],
    ['*/*', { q: '0' }, 0],
  ]);
});

test('separators and weights in a quoted string of a media range are ignored', () => {
  expect(read('application/json;x="a;q=0, text/html", text/plain;x="\\"\\\\";q=1.000')).toEqual([
    ['application/json', { x: 'a;q=0, text/html' }, 1],
    ['text/plain', { x: '"\\', q: '1.000' }, 1],
  ]);
});

test('parameters of a media range may be empty and surrounded by blanks and tabs', () => {
  expect(read('application/json; ;\tcharset=utf-8 ;')).toEqual([
    ['application/json', { charset: 'utf-8' }, 1],
  ]);
});

test('a malformed media range is ignored, and a malformed weight is 0', () => {
  expect(read(',,json,a/b/c,a/b;c,a/b;x="open, text/html')).toEqual([]);
  for (const weight of ['2', '-1', '1.001', '0.1234', 'NaN', '1e-1', '""', '.5']) {
    expect([
      weight,
      read(`a/b;q=${weight}`)
        .map(([, , of]) => of)
        .join(),
    ]).not.toEqual([weight, '1']);
  }
});

test('a media type is plain if no parameters restrict it', () => {
  const plain = (text: string) => {
    const type = parseMediaType(text);
    return type && isPlain(type);
  };
  expect(plain('application/json')).toBe(true);
  expect(plain('application/json;charset="UTF-8";q=0.1')).toBe(true);
  expect(plain('application/json;charset=latin1')).toBe(false);
  expect(plain('application/json;version=2')).toBe(false);
  expect(plain('application/json, text/html')).toBe(undefined);
});

test('an Accept of thousands of ranges is neither read to its end nor remembered', () => {
  const short = 'text/html, application/json;q=0.9';
  expect(rangesOf(short)).toBe(rangesOf(short));
  const long = Array.from({ length: 3000 }, (_, at) => `a/${at}`).join(',');
  expect(rangesOf(long)).not.toBe(rangesOf(long));
  const read = rangesOf(long).map(({ name }) => name);
  expect(read.at(-1)).toBe(`a/${read.length - 1}`);
  expect(read.length).toBeLessThan(500);
  expect(rangesOf('a'.repeat(10_000))).toEqual([]);
});
