import { hash } from 'node:crypto';
import { PaymentsError } from '../../core/errors.ts';

/** Preconditions of HTTP (RFC 9110 §13). */

/** The strong entity tag of a representation without a version: the hash of its text or bytes. */
export const bodyTag = (body: string | Uint8Array): string =>
  `"${hash('sha1', body, 'base64url')}"`;

/** Whether a condition is `*`, which any current representation meets. */
export const isAny = (condition: string): boolean => condition.trim() === '*';

/** The entity tags that a condition lists, weak ones with their `W/`. */
export const tagsIn = (condition: string): readonly string[] =>
  condition.match(/(?:W\/)?"[^"]*"/g) ?? [];

/** Whether `If-None-Match` names the tag. Compares weakly (RFC 9110 §13.1.2). */
export function isKnown(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === tag || isAny(ifNoneMatch)) return true;
  return tagsIn(ifNoneMatch).some((known) => known === tag || known === `W/${tag}`);
}

/**
 * Refuses a read whose `If-Match` does not name the tag. Compares strongly: a weak tag matches
 * nothing (RFC 9110 §13.1.1).
 *
 * @throws PaymentsError `version_mismatch`
 */
export function requireMatch(ifMatch: string | undefined, tag: string): void {
  if (ifMatch === undefined || isAny(ifMatch) || tagsIn(ifMatch).includes(tag)) return;
  throw new PaymentsError(
    'version_mismatch',
    `Expected a representation that If-Match names, and it is at the tag ${tag}.`,
    { metadata: { etag: tag } },
  );
}
