/**
 * Converts field names between core (camelCase) and JSON or proto (snake_case). The two functions
 * are inverse for every name: a client that sends `paymentMethod` instead of `payment_method` gets
 * `payment_Method`, which no operation knows, so it is refused.
 */
export const toCamel = (name: string): string =>
  name.replace(/_([a-z])|[A-Z_]/g, (found, lower?: string) =>
    lower ? lower.toUpperCase() : `_${found}`,
  );

export const toSnake = (name: string): string =>
  name.replace(
    /_([A-Z_])|[A-Z]/g,
    (found, escaped?: string) => escaped ?? `_${found.toLowerCase()}`,
  );

/** The name of a type: `createdKey` becomes `CreatedKey`. */
export const toPascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** Returns the pairs of `fields` with names changed by `rename` and values unchanged. */
export function renameFields<Value>(
  fields: Readonly<Record<string, Value>>,
  rename: (name: string) => string,
): Record<string, Value> {
  const renamed: Record<string, Value> = {};
  for (const name in fields) {
    if (Object.hasOwn(fields, name)) renamed[rename(name)] = fields[name] as Value; // its own, so it is there
  }
  return renamed;
}
