import type { Result } from './result.ts';

/** Whether a run only showed that the bench works: one short round, which shows no difference. */
export const isSmokeTest = ({ options }: Pick<Result, 'options'>): boolean =>
  options.effort === 'quick';

/** What stands in front of a report's title, or nothing. */
export const smokeTestNote = (result: Pick<Result, 'options'>): string | undefined =>
  isSmokeTest(result)
    ? 'Smoke test: one short round, which shows that the bench works and not which wire is faster.'
    : undefined;
