/**
 * A JSON object under names that callers chose. The executor mistakes any object with a `then` for
 * a promise, callable or not, so it would fail on an object with that name.
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

/** The object in a form that an executor can return. Its JSON is that of the object itself. */
export const opaque = (value: object): object =>
  Object.hasOwn(value, 'then') ? new OpaqueJson(value) : value;

/** What is written instead of an object. */
export const written = (value: object): object =>
  value instanceof OpaqueJson ? value.toJSON() : value;

/** A resolver of metadata. */
export const metadata = (source: { readonly metadata: object }): object => opaque(source.metadata);
