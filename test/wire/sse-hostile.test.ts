import { request } from 'node:http';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openHouse, otherKey } from '../house.ts';
import { hostileText } from './hostile-text.ts';
import { openRoom } from './sse-room.ts';

/** As a URL carries it: bytes of UTF-8, and those of half a surrogate pair that no UTF-8 has. */
const escaped = (text: string): string =>
  [...text]
    .map((character) =>
      character.isWellFormed()
        ? encodeURIComponent(character)
        : `%ED%${(0xa0 | (character.charCodeAt(0) & 0x1f)).toString(16)}%80`,
    )
    .join('');

/** As a header carries it: one byte a character, none that ends the line (RFC 9110 §5.5). */
const headerText = (text: string): string =>
  [...text].map((character) => String.fromCharCode(0xa1 + (character.charCodeAt(0) % 94))).join('');

test('any query and Last-Event-ID opens a stream or is refused without an internal error', async () => {
  const house = await openHouse();
  const room = await openRoom(house);
  const statusOf = (path: string, id: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { authorization: `Bearer ${otherKey}`, 'last-event-id': id };
      const sent = request(`${room.url}${path}`, { headers }, (response) => {
        resolve(response.statusCode);
        response.on('error', () => {});
        response.destroy();
      });
      sent.on('error', reject);
      sent.end();
    });
  const query = fc.array(
    fc.tuple(fc.oneof(fc.constantFrom('after', 'types'), hostileText), hostileText),
    { maxLength: 2 },
  );
  await fc.assert(
    fc.asyncProperty(query, fc.oneof(fc.constant(''), hostileText), async (pairs, id) => {
      const path = pairs.map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join('&');
      const status = await statusOf(`?${path}`, headerText(id));
      expect([200, 400], path).toContain(status);
    }),
    { seed: 20_261_127, numRuns: 500 },
  );
  expect(house.records.filter(({ code }) => code === 'internal')).toEqual([]);
  room.close();
  await house.close();
});
