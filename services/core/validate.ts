import type { z } from 'zod';
import { invalid, type Violation } from './errors.ts';

/** Faults told at once: all of an honest mistake, and not a megabyte about a hostile input. */
const violationsAtOnce = 32;

/**
 * The input as the operation takes it.
 * @throws PaymentsError `validation_failed`, with all faults at once
 */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(given);
  const dropped = droppedPairs(given);
  if (parsed.success && dropped.length === 0) return parsed.data;
  const issues = parsed.success ? [] : parsed.error.issues;
  const violations = [...dropped, ...issues.flatMap((issue) => violationsOf(issue, given))];
  throw invalid(...violations.slice(0, violationsAtOnce));
}

/** A pair named `__proto__` would be dropped without a word; JSON and maps can carry one. */
function droppedPairs(given: unknown): Violation[] {
  if (typeof given !== 'object' || given === null) return [];
  const faults: Violation[] = [];
  for (const [field, value] of Object.entries(given)) {
    if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__')) {
      const path = [field, '__proto__'];
      faults.push({ path, code: 'unknown_field', message: 'expected no such field' });
    }
  }
  return faults;
}

function violationsOf(issue: z.core.$ZodIssue, given: unknown): Violation[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      code: 'unknown_field',
      message: 'expected no such field',
    }));
  }
  const value = path.reduce<unknown>((at, step) => (at as Record<string, unknown>)?.[step], given);
  const missing = value === undefined;
  const expected = issue.message
    .replace(/^Invalid input: /, '')
    .replace(/^Invalid option: /, '')
    .replace(/, received .*$/, '');
  return [
    {
      path,
      code: missing ? 'required' : issue.code === 'custom' ? 'invalid' : issue.code,
      message: `${expected}, got ${missing ? 'nothing' : excerpt(value)}`,
    },
  ];
}

/** What was got, short enough for a message. */
export function excerpt(value: unknown): string {
  const text =
    typeof value === 'object' && value !== null
      ? Array.isArray(value)
        ? 'a list'
        : 'an object'
      : String(JSON.stringify(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
