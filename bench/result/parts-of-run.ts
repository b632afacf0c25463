import type { Result } from './result.ts';

type PartOfRun = Result['parts'][number];

const revisionOf = ({ revision, modified }: PartOfRun): string =>
  `revision ${revision?.slice(0, 12) ?? 'unknown'}${modified ? ' with changes' : ''}`;

const lengthOf = (run: { readonly startedAt: string; readonly finishedAt: string }): number =>
  Date.parse(run.finishedAt) - Date.parse(run.startedAt);

/** How long was measured: of parts, without the time between them. */
export const measuredMsOf = (result: Result): number =>
  result.parts.length === 0
    ? lengthOf(result)
    : result.parts.reduce((ms, part) => ms + lengthOf(part), 0);

/** Parts that were measured with another revision or machine than the first one; a line each. */
export function differencesOf({ parts: [first, ...others] }: Result): readonly string[] {
  if (!first) return [];
  return [revisionOf, ({ machine }: PartOfRun) => machine].flatMap((what) =>
    others.flatMap((part) =>
      what(part) === what(first)
        ? []
        : `${part.name}: ${what(part)}; ${first.name}: ${what(first)}`,
    ),
  );
}

/** What the result was assembled from, and where its parts differ. */
export function describePartsOf(result: Result): readonly string[] {
  const { parts } = result;
  if (parts.length === 0) return [];
  const dates = parts.map(({ name, startedAt }) => `${name} ${startedAt.slice(0, 16)}`);
  return [
    `Assembled from parts: ${dates.join(', ').replaceAll('T', ' ')}.`,
    ...differencesOf(result).map((line) => `Parts differ: ${line}.`),
  ];
}
