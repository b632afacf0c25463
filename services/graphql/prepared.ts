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
import { persistedDocuments } from './documents.ts';
import { countLines, type Places, takePlaces } from './places.ts';

/** Bounds of one document. Every document of this project's client is far below them. */
export const documentLimits = {
  /** Levels below the root's fields. The deepest of the client's own documents has 5. */
  depth: 10,
  /** Aliases can request the same expensive field many times. */
  aliases: 30,
  tokens: 1500,
  /** Documents have about a token a line at most; comments end with their line. */
  lines: 3000,
  /** Maximum errors that a response lists, of the document or of its execution. */
  errors: 20,
} as const;

/** Maximum bytes of all remembered documents: texts, syntax trees and plans. */
const rememberedBytes = 16 * 1024 * 1024;
/** Bytes of a token in a syntax tree without its text, with the place of its node. */
const bytesPerToken = 300;
/** Bytes of a field in the plan of an operation. */
const bytesPerField = 200;
/** Syntax tokens that one rate-limit token prepares; comparing fields is quadratic in them. */
const tokensPrepared = 150;

export interface PreparedOperation {
  readonly kind: OperationDefinitionNode['operation'];
  readonly node: OperationDefinitionNode;
  readonly plan: CostPlan;
}

/** A document within the limits that can be checked before validation. */
export interface ParsedDocument {
  readonly text: string;
  readonly document: DocumentNode;
  readonly places: Places;
  /** Rate-limit tokens that validating it takes. */
  readonly tokens: number;
  /** Whether objects of its response have a `then`, as promises do. */
  readonly namesThen: boolean;
}

/** A valid document. */
export interface PreparedDocument extends ParsedDocument {
  /**
   * Returns the operation of this name, or the only one. Its plan is made at first use.
   *
   * @throws PaymentsError `validation_failed` if there is no such operation, `query_too_costly` if
   *   it unfolds to too much
   */
  operation(name: string | undefined): PreparedOperation;
  /** Number of fields in the plans made so far. */
  readonly plannedFields: number;
}

/** How a document is named instead of sent. */
interface DocumentName {
  readonly documentId?: string | undefined;
  readonly hash?: string | undefined;
}

interface Remembered {
  readonly prepared: PreparedDocument;
  readonly bytes: number;
  readonly hash: string | undefined;
}

/** Prepares documents, and remembers those that ran last. */
export interface PreparedDocuments {
  /** The document, if it is remembered. */
  known(text: string): PreparedDocument | undefined;
  /** The text of a document that is persisted, or remembered with its hash. */
  textOf(named: DocumentName): string | undefined;
  /**
   * Parses, and bounds what validation will cost.
   *
   * @throws PaymentsError `query_too_costly`
   * @throws GraphQLError for a syntax error
   */
  parse(text: string): ParsedDocument;
  /**
   * Validates. Returns the errors of a document that is not valid.
   *
   * @throws PaymentsError `query_too_costly`
   */
  prepare(parsed: ParsedDocument): PreparedDocument | readonly GraphQLError[];
  /**
   * Remembers a document that is about to run, with the plans made so far. A refused document is
   * not remembered, because it may never run.
   *
   * @param hash SHA-256 of its text, if clients may name it so
   */
  remember(prepared: PreparedDocument, hash: string | undefined): void;
  /** Estimated bytes of all remembered documents. */
  readonly bytes: number;
}

export function createPreparedDocuments(
  schema: GraphQLSchema,
  options: { readonly introspection: boolean },
): PreparedDocuments {
  const rules = options.introspection
    ? specifiedRules
    : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  // A Map keeps the order of insertion: the first entry is the least recently used one.
  const remembered = new Map<string, Remembered>();
  const textsByHash = new Map<string, string>();
  let bytes = 0;

  function forget(text: string): void {
    const entry = remembered.get(text);
    if (!entry) return;
    bytes -= entry.bytes;
    remembered.delete(text);
    if (entry.hash !== undefined) textsByHash.delete(entry.hash);
  }

  return {
    known: (text) => remembered.get(text)?.prepared,
    textOf({ documentId = '', hash }) {
      if (hash === undefined) return persistedDocuments.get(documentId);
      return persistedDocuments.get(`sha256:${hash}`) ?? textsByHash.get(hash);
    },
    parse: parseBounded,
    prepare(parsed) {
      const { document } = parsed;
      const errors = validate(schema, document, rules, {
        maxErrors: documentLimits.errors,
        // Suggestions would reveal a hidden schema, a name at a time.
        hideSuggestions: !options.introspection,
      });
      return errors.length > 0 ? listed(errors) : preparedOf(schema, parsed);
    },
    remember(prepared, newHash) {
      const { text } = prepared;
      const hash = newHash ?? remembered.get(text)?.hash;
      forget(text);
      const entry = { prepared, bytes: bytesOf(prepared), hash };
      remembered.set(text, entry);
      if (hash !== undefined) textsByHash.set(hash, text);
      bytes += entry.bytes;
      for (const oldest of remembered.keys()) {
        if (bytes <= rememberedBytes) break;
        forget(oldest);
      }
    },
    get bytes() {
      return bytes;
    },
  };
}

const bytesOf = ({ text, document, plannedFields }: PreparedDocument): number =>
  2 * text.length + bytesPerToken * (document.tokenCount ?? 0) + bytesPerField * plannedFields;

const tooCostly = (what: string, limit: number, got: number | string): PaymentsError =>
  new PaymentsError('query_too_costly', `Expected at most ${limit} ${what}, got ${got}.`);

function parseBounded(text: string): ParsedDocument {
  const { lines, tokens, aliases: most } = documentLimits;
  if (countLines(text, lines + 1) > lines) throw tooCostly('lines in a document', lines, 'more');
  const document = parseUpTo(tokens, text);
  const places = takePlaces(document, text);
  const aliases = aliasesOf(document);
  if (aliases.length > most) throw tooCostly('aliases in a document', most, aliases.length);
  const tokensToTake = Math.ceil((document.tokenCount ?? 0) / tokensPrepared);
  const namesThen = aliases.includes('then');
  return { text, document, places, tokens: tokensToTake, namesThen };
}

function parseUpTo(tokens: number, text: string): DocumentNode {
  try {
    return parse(text, { maxTokens: tokens });
  } catch (thrown) {
    // The parser reports it in no other way.
    const tooMany = thrown instanceof GraphQLError && /more than \d+ tokens/.test(thrown.message);
    throw tooMany ? tooCostly('tokens in a document', tokens, 'more') : thrown;
  }
}

/**
 * Returns the errors to list.
 *
 * @throws PaymentsError `query_too_costly` if validation gave up on comparing fields: the last
 *   error then concerns the document as a whole
 */
function listed(errors: readonly GraphQLError[]): readonly GraphQLError[] {
  const gaveUp = errors.at(-1)?.nodes === undefined && errors.length <= documentLimits.errors;
  if (!gaveUp) return errors.slice(0, documentLimits.errors);
  throw new PaymentsError(
    'query_too_costly',
    'Expected a document whose fields can be compared with each other, got too many fields of ' +
      'one name in the same selections: name each field once.',
  );
}

/** Counted before validation, whose most expensive part is comparing fields with the same key. */
function aliasesOf(document: DocumentNode): readonly string[] {
  const aliases: string[] = [];
  visit(document, {
    Field({ alias }: FieldNode) {
      if (alias) aliases.push(alias.value);
    },
  });
  return aliases;
}

function preparedOf(schema: GraphQLSchema, parsed: ParsedDocument): PreparedDocument {
  const nodes = new Map<string, OperationDefinitionNode>();
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of parsed.document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    } else if (definition.kind === Kind.OPERATION_DEFINITION) {
      nodes.set(definition.name?.value ?? '', definition);
    }
  }
  const made = new Map<OperationDefinitionNode, PreparedOperation>();
  let plannedFields = 0;
  return {
    ...parsed,
    operation(name) {
      const [only] = nodes.values();
      const node = name === undefined && nodes.size === 1 ? only : nodes.get(name ?? '');
      if (!node) throw noSuchOperation(name);
      let operation = made.get(node);
      if (!operation) {
        const maxDepth = documentLimits.depth;
        const compiled = compileCost({ schema, operation: node, fragments, maxDepth });
        plannedFields += compiled.fields;
        operation = { kind: node.operation, node, plan: compiled.plan };
        made.set(node, operation);
      }
      return operation;
    },
    get plannedFields() {
      return plannedFields;
    },
  };
}

const noSuchOperation = (name: string | undefined): PaymentsError =>
  new PaymentsError(
    'validation_failed',
    name === undefined
      ? 'Expected an operationName: the document has several operations.'
      : `Expected the name of an operation in the document, got '${name.slice(0, 80)}'.`,
  );
