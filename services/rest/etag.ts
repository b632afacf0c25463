import { isAny, tagsIn } from '../wire/http/conditional.ts';
import { currentVersion } from './version.ts';

/**
 * The strong entity tag (RFC 9110 §8.8.3) of a resource that counts its changes, in the form this
 * version of the contract gives it. A tag is compared with others of the same URL only.
 */
export const versionTag = (version: number): string => `"${version}-${currentVersion}"`;

/** The tag of the same version as a message: representations share no strong tag. */
export const messageTag = (tag: string): string => `${tag.slice(0, -1)}-protobuf"`;

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
