/**
 * A JSON object under names that callers chose. The executor takes whatever has a `then` for a
 * promise, callable or not, and so would fail on an object that has that name.
 */
class OpaqueJson {
  readonly #value: object;

  constructor(value: object) {
    this.#value = value;
  }

  toJSON(): object {
    return this.#value;
  }
}

/** The object as an executor can answer it. It is written as JSON like the object itself. */
export const opaque = (value: object): object =>
  Object.hasOwn(value, 'then') ? new OpaqueJson(value) : value;

/** What is written in an object's place. */
export const written = (value: object): object =>
  value instanceof OpaqueJson ? value.toJSON() : value;

/** A resolver of metadata. */
export const metadata = (source: { readonly metadata: object }): object => opaque(source.metadata);
