import { isAny, tagsIn } from '../wire/http/conditional.ts';
import { currentVersion } from './version.ts';

/**
 * The strong entity tag (RFC 9110 §8.8.3) of a resource with a version, in the form of this version
 * of the contract. Tags are compared only with others of the same URL.
 */
export const versionTag = (version: number): string => `"${version}-${currentVersion}"`;

/** The tag of the same version as a message: two representations must not share a strong tag. */
export const messageTag = (tag: string): string => `${tag.slice(0, -1)}-protobuf"`;

const strongTag = new RegExp(`^"(\\d{1,15})-${currentVersion}(?:-protobuf)?"$`);

const versionsIn = (tags: readonly string[]): number[] =>
  tags.flatMap((tag) => {
    const version = strongTag.exec(tag)?.[1];
    return version === undefined ? [] : [Number(version)];
  });

/** For a write: the versions that `If-Match` names; undefined if any version will do. */
export const versionsToMatch = (ifMatch: string | undefined): readonly number[] | undefined =>
  ifMatch === undefined || isAny(ifMatch) ? undefined : versionsIn(tagsIn(ifMatch));

/** For a write: the versions that `If-None-Match` names, weak tags too. */
export function versionsToMiss(ifNoneMatch: string | undefined): readonly number[] | 'any' {
  if (ifNoneMatch === undefined) return [];
  if (isAny(ifNoneMatch)) return 'any';
  return versionsIn(tagsIn(ifNoneMatch).map((tag) => tag.replace(/^W\//, '')));
}

/**
 * Whether a precondition forbids adding to a list. The list exists, so `If-None-Match: *` is false;
 * and because each page of it has a tag of its own, no tag can be the condition of a write.
 */
export const forbidsToAdd = (
  ifMatch: string | undefined,
  ifNoneMatch: string | undefined,
): boolean => ifNoneMatch !== undefined || (ifMatch !== undefined && !isAny(ifMatch));
