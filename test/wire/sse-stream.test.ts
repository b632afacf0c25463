import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createEventStreamParser,
  encodeMessage,
  heartbeat,
  type Message,
  retryField,
} from '../../services/wire/http/event-stream.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** The messages of a stream that arrives in these pieces. */
function parse(...pieces: readonly Uint8Array[]): Message[] {
  const push = createEventStreamParser();
  return pieces.flatMap((piece) => push(piece));
}

const message = (data: string, rest: Partial<Message> = {}): Message => ({
  id: '',
  event: 'message',
  data,
  ...rest,
});

// The streams of WHATWG HTML §9.2.6, and what it says of them.
test.each<[string, string, Message[]]>([
  ['data of several lines', 'data: YHOO\ndata: +2\ndata: 10\n\n', [message('YHOO\n+2\n10')]],
  [
    'ids, one of them reset, and a comment',
    ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n',
    [message('first event', { id: '1' }), message('second event'), message(' third event')],
  ],
  [
    'empty data, and a last message cut off',
    'data\n\ndata\ndata\n\ndata:',
    [message(''), message('\n')],
  ],
  [
    'a space after the colon or none',
    'data:test\n\ndata: test\n\n',
    [message('test'), message('test')],
  ],
  [
    'all three line ends',
    'data: a\r\rdata: b\n\ndata: c\r\n\r\n',
    ['a', 'b', 'c'].map((data) => message(data)),
  ],
  ['a byte order mark', '\uFEFFdata: a\n\n', [message('a')]],
  ['only the first byte order mark', '\uFEFF\uFEFFdata: a\n\n', []],
  [
    'an id that stays',
    'id: 7\ndata: a\n\ndata: b\n\n',
    [message('a', { id: '7' }), message('b', { id: '7' })],
  ],
  ['an id alone, kept for the next', 'id: 7\n\ndata: b\n\n', [message('b', { id: '7' })]],
  ['an id with NUL, which is ignored', 'id: 7\nid: 8\0\ndata: b\n\n', [message('b', { id: '7' })]],
  [
    'a type that is for one message',
    'event: x\ndata: a\n\ndata: b\n\n',
    [message('a', { event: 'x' }), message('b')],
  ],
  ['a type without data', 'event: x\n\ndata: b\n\n', [message('b')]],
  ['unknown fields, retry and comments', 'retry: 9\nfoo: bar\n:data: no\nDATA: no\n\n', []],
])('the event-stream parser reads %s', (_what, stream, messages) => {
  expect(parse(bytes(stream))).toEqual(messages);
});

test('a carriage return completes a message before the next byte arrives', () => {
  const push = createEventStreamParser();
  expect(push(bytes('data: a\r\n\r'))).toEqual([message('a')]);
  expect(push(bytes('\ndata: b\r\n\r\n'))).toEqual([message('b')]);
});

test('a stream gives the same messages wherever its chunks end, even inside a character', () => {
  const line = fc.constantFrom('data: ü€😀', 'data', 'data:', 'id: 1', 'event: é', ': c', 'x', '');
  const ends = fc.constantFrom('\n', '\r', '\r\n');
  const stream = fc.array(fc.tuple(line, ends)).map((lines) => bytes(lines.flat().join('')));
  fc.assert(
    fc.property(stream, fc.array(fc.nat(400)), (whole, cuts) => {
      const places = [0, ...cuts.map((at) => at % (whole.length + 1)), whole.length].sort(
        (a, b) => a - b,
      );
      const pieces = places.map((at, i) => whole.subarray(places[i - 1] ?? 0, at));
      expect(parse(...pieces)).toEqual(parse(whole));
    }),
  );
});

test('an encoded message is decoded unchanged except for line breaks, which become line feeds', () => {
  const word = fc.string({ unit: 'binary' }).map((text) => text.replace(/[\r\n\0]/g, '').trim());
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), word, word, (data, id, event) => {
      const stream = `${retryField(1)}${heartbeat(7)}${encodeMessage({ id, event, data })}`;
      expect(parse(bytes(stream))).toEqual([
        {
          id: id.toWellFormed(),
          event: event.toWellFormed() || 'message',
          data: data.toWellFormed().replace(/\r\n|\r/g, '\n'),
        },
      ]);
    }),
  );
});
