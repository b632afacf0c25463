import { hash } from 'node:crypto';
import { PaymentsError } from '../core/errors.ts';
import { currentVersion } from './version.ts';

/**
 * The strong entity tag (RFC 9110 §8.8.3) of a resource that counts its changes, in the form this
 * version of the contract gives it. A tag is compared with others of the same URL only.
 */
export const versionTag = (version: number): string => `"${version}-${currentVersion}"`;

/** The tag of the same version as a message: representations share no strong tag. */
export const messageTag = (tag: string): string => `${tag.slice(0, -1)}-protobuf"`;

/** The strong entity tag of anything else: its own text or bytes, hashed. */
export const bodyTag = (body: string | Uint8Array): string =>
  `"${hash('sha1', body, 'base64url')}"`;

const isAny = (condition: string): boolean => condition.trim() === '*';

/** The entity tags of a list, weak ones with their `W/`. */
const tagsIn = (condition: string): readonly string[] => condition.match(/(?:W\/)?"[^"]*"/g) ?? [];

/** Whether `If-None-Match` names the tag; compared weakly, as RFC 9110 §13.1.2 has it. */
export function isKnown(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === tag || isAny(ifNoneMatch)) return true;
  return tagsIn(ifNoneMatch).some((known) => known === tag || known === `W/${tag}`);
}

/**
 * For a read. Compared strongly: a weak tag matches nothing (RFC 9110 §13.1.1).
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

const strongTag = new RegExp(`^"(\\d{1,15})-${currentVersion}(?:-protobuf)?"$`);

const versionsIn = (tags: readonly string[]): number[] =>
  tags.flatMap((tag) => {
    const version = strongTag.exec(tag)?.[1];
    return version === undefined ? [] : [Number(version)];
  });

/** For a write: the versions that `If-Match` names; undefined if any will do. */
export const versionsToMatch = (ifMatch: string | undefined): readonly number[] | undefined =>
  ifMatch === undefined || isAny(ifMatch) ? undefined : versionsIn(tagsIn(ifMatch));

/** For a write: the versions that `If-None-Match` names, weak tags too. */
export function versionsToMiss(ifNoneMatch: string | undefined): readonly number[] | 'any' {
  if (ifNoneMatch === undefined) return [];
  if (isAny(ifNoneMatch)) return 'any';
  return versionsIn(tagsIn(ifNoneMatch).map((tag) => tag.replace(/^W\//, '')));
}

/**
 * Whether a precondition forbids to add to a list. The list is there, so that `If-None-Match: *` is
 * false; and because each page of it has a tag of its own, none can be the condition of a write.
 */
export const forbidsToAdd = (
  ifMatch: string | undefined,
  ifNoneMatch: string | undefined,
): boolean => ifNoneMatch !== undefined || (ifMatch !== undefined && !isAny(ifMatch));
