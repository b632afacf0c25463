import { type DocumentNode, parse, validate } from 'graphql';
import { schema } from './schema.ts';

/** Makes something from each document, once: servers remember the documents that they have seen. */
export function onceADocument<Made>(
  make: (document: DocumentNode) => Made,
): (query: string) => Made {
  const made = new Map<string, Made>();
  return (query) => {
    const known = made.get(query);
    if (known !== undefined) return known;
    const document = parse(query);
    const errors = validate(schema, document);
    if (errors.length > 0) throw new Error(errors.join('\n'));
    const one = make(document);
    made.set(query, one);
    return one;
  };
}
