import { expect, test } from 'vitest';
import { closeReason } from '../../services/wire/close-codes.ts';

/** What every WebSocket wire says when it closes. */

test('a close reason is shortened to fit into its frame without splitting a character', () => {
  for (const character of ['a', 'é', '€', '𝄞', '\ud800']) {
    for (let length = 0; length < 200; length += 1) {
      const text = character.repeat(length);
      const reason = closeReason(text);
      expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
      expect(text.toWellFormed().startsWith(reason)).toBe(true);
      if (Buffer.byteLength(text) <= 123) expect(reason).toBe(text.toWellFormed());
    }
  }
});
