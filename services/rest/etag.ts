import { hash } from 'node:crypto';
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

/** Whether `If-None-Match` names the tag; compared weakly, as RFC 9110 §13.1.2 has it. */
export function isKnown(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === tag || ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.match(/"[^"]*"/g)?.includes(tag) ?? false;
}
