import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  validate,
  visit,
} from 'graphql';
import { PaymentsError } from '../core/errors.ts';
import { type CostPlan, compileCost } from './cost.ts';

/** Bounds of one document. Every document of this project's client is far below. */
export const documentLimits = {
  /** Below the fields of the root. The deepest of the client's own documents has 5 levels. */
  depth: 10,
  /** The way to ask the same dear field many times. */
  aliases: 30,
  tokens: 1500,
  /** How many faults of an invalid document are told. */
  errors: 20,
} as const;

/** What the remembered documents may take together, texts and syntax trees. */
const rememberedBytes = 16 * 1024 * 1024;
/** About what a token takes in a syntax tree; comments and white space are in the text alone. */
const bytesPerToken = 300;

export interface PreparedOperation {
  readonly kind: OperationDefinitionNode['operation'];
  readonly plan: CostPlan;
}

/** A document that is valid and within the limits. */
export interface PreparedDocument {
  readonly document: DocumentNode;
  /** By name; an operation without a name is under the empty one. */
  readonly operations: ReadonlyMap<string, PreparedOperation>;
}

export interface PreparedDocuments {
  /** The document, where it was prepared before. */
  known(text: string): PreparedDocument | undefined;
  /**
   * Parses, bounds and validates; costs up to some milliseconds.
   *
   * @throws PaymentsError `query_too_costly`
   * @returns the faults of a document that is not valid
   */
  prepare(text: string): PreparedDocument | readonly GraphQLError[];
}

/** Prepares documents, and remembers the valid ones that were used last. */
export function createPreparedDocuments(
  schema: GraphQLSchema,
  options: { readonly introspection: boolean },
): PreparedDocuments {
  const rules = options.introspection
    ? specifiedRules
    : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  // A Map keeps the order of insertion: the first entry is the one not used for longest.
  const remembered = new Map<string, PreparedDocument>();
  let bytes = 0;

  function remember(text: string, prepared: PreparedDocument): void {
    remembered.set(text, prepared);
    bytes += bytesOf(text, prepared);
    for (const [oldest, entry] of remembered) {
      if (bytes <= rememberedBytes) break;
      remembered.delete(oldest);
      bytes -= bytesOf(oldest, entry);
    }
  }

  return {
    known(text) {
      const prepared = remembered.get(text);
      if (prepared && remembered.size > 1) {
        remembered.delete(text);
        remembered.set(text, prepared);
      }
      return prepared;
    },
    prepare(text) {
      let document: DocumentNode;
      try {
        document = parse(text, { maxTokens: documentLimits.tokens });
      } catch (thrown) {
        if (thrown instanceof GraphQLError) return [thrown];
        throw thrown;
      }
      requireFewAliases(document);
      const errors = validate(schema, document, rules, { maxErrors: documentLimits.errors });
      if (errors.length > 0) return errors;
      const prepared = { document, operations: operationsOf(schema, document) };
      remember(text, prepared);
      return prepared;
    },
  };
}

const bytesOf = (text: string, { document }: PreparedDocument): number =>
  2 * text.length + bytesPerToken * (document.tokenCount ?? 0);

/** Before validation: comparing fields of the same key with each other is its dearest part. */
function requireFewAliases(document: DocumentNode): void {
  let aliases = 0;
  visit(document, {
    Field({ alias }: FieldNode) {
      if (alias) aliases += 1;
    },
  });
  if (aliases <= documentLimits.aliases) return;
  throw new PaymentsError(
    'query_too_costly',
    `Expected at most ${documentLimits.aliases} aliases in a document, got ${aliases}.`,
  );
}

function operationsOf(schema: GraphQLSchema, document: DocumentNode) {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    }
  }
  const operations = new Map<string, PreparedOperation>();
  for (const operation of document.definitions) {
    if (operation.kind !== Kind.OPERATION_DEFINITION) continue;
    const plan = compileCost({ schema, operation, fragments, maxDepth: documentLimits.depth });
    operations.set(operation.name?.value ?? '', { kind: operation.operation, plan });
  }
  return operations;
}
