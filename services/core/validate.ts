import { z } from 'zod';
import { expectedOneOf, invalid, type Violation } from './errors.ts';

/**
 * Parses the input of an operation.
 * @throws PaymentsError `validation_failed`, with all violations at once
 */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
): z.output<Schema> {
  const crowded = crowds(given);
  if (crowded.length > 0) throw invalid(...crowded);
  const parsed = parserOf(schema).safeParse(given);
  const dropped = droppedPairs(given);
  if (parsed.success && dropped.length === 0) return parsed.data;
  const issues = parsed.success ? [] : relevant(parsed.error.issues);
  const violations = [...dropped, ...issues.flatMap((issue) => violationsOf(issue, given))];
  throw invalid(...violations);
}

/** Compiling takes some milliseconds, so only frequently used schemas are compiled. */
export const usesBeforeCompiling = 100;

/** A schema in use, and the number of its uses. */
interface Parser<Schema extends z.ZodType> {
  uses: number;
  schema: Schema;
}

/** Schemas belong to the program, so this holds no more of them than the program declares. */
const parsers = new Map<z.ZodType, Parser<z.ZodType>>();

/**
 * Returns the schema itself, or its compiled form, which gives the same result in a quarter of the
 * time.
 */
function parserOf<Schema extends z.ZodType>(schema: Schema): Schema {
  // Kept under the schema of its own type.
  const known = parsers.get(schema) as Parser<Schema> | undefined;
  if (!known) {
    parsers.set(schema, { uses: 1, schema });
    return schema;
  }
  known.uses += 1;
  if (known.uses === usesBeforeCompiling) known.schema = z.compile(schema);
  return known.schema;
}

/** Reports a value of the wrong type once, because its length or size means nothing then. */
function relevant(issues: readonly z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] {
  const placeOf = ({ path }: z.core.$ZodIssue) => path.map(String).join('\0');
  const wrongType = new Set(
    issues.filter(({ code }) => code === 'invalid_type').map((issue) => placeOf(issue)),
  );
  return issues.filter((issue) => issue.code === 'invalid_type' || !wrongType.has(placeOf(issue)));
}

/** Maximum items or fields of one value, more than any operation takes. The rest is not read. */
const mostParts = 1000;

function crowds(given: unknown): Violation[] {
  if (typeof given !== 'object' || given === null) return [];
  const violations: Violation[] = [];
  const look = (path: Violation['path'], value: object) => {
    const parts = Array.isArray(value) ? value.length : Object.keys(value).length;
    if (parts <= mostParts) return;
    const message = `expected at most ${mostParts} parts, got ${parts}`;
    violations.push({ path, code: 'too_big', message });
  };
  look([], given);
  if (violations.length > 0) return violations;
  for (const [field, value] of Object.entries(given)) {
    if (typeof value === 'object' && value !== null) look([field], value);
  }
  return violations;
}

/** The schema library would drop a pair named `__proto__`, which JSON and maps can carry. */
function droppedPairs(given: unknown): Violation[] {
  if (typeof given !== 'object' || given === null) return [];
  const violations: Violation[] = [];
  for (const [field, value] of Object.entries(given)) {
    if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__')) {
      const path = [field, '__proto__'];
      violations.push({ path, code: 'unknown_field', message: 'unknown field' });
    }
  }
  return violations;
}

function violationsOf(issue: z.core.$ZodIssue, given: unknown): Violation[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      code: 'unknown_field',
      message: 'unknown field',
    }));
  }
  if (issue.code === 'invalid_key') {
    const [inner] = issue.issues;
    const name = excerpt(path.at(-1));
    return [{ path, code: 'invalid_name', message: `${expectation(inner ?? issue)}, got ${name}` }];
  }
  const value = path.reduce<unknown>((at, step) => (at as Record<string, unknown>)?.[step], given);
  const missing = value === undefined;
  const got = missing ? 'nothing' : excerpt(value);
  const code = missing ? 'required' : issue.code === 'custom' ? 'invalid' : issue.code;
  if (issue.code === 'invalid_value') {
    const options = issue.values.map(String);
    return [{ path, code, message: expectedOneOf(options, got), options, got }];
  }
  return [{ path, code, message: `${expectation(issue)}, got ${got}` }];
}

/** What was expected, from the schema library's message. */
export const expectation = ({ message }: Pick<z.core.$ZodIssue, 'message'>): string =>
  message
    .replace(/^(Invalid input|Invalid option|Too big|Too small): /, '')
    .replace(/, received .*$/s, '');

/** What was received, shortened for a message. */
export function excerpt(value: unknown): string {
  const text = textOf(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  // JSON cannot express these numbers, but other wires can, and `1e400` parses to one.
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  // Enough of a long text for `excerpt` to shorten it.
  return String(JSON.stringify(typeof value === 'string' ? value.slice(0, 64) : value));
}
