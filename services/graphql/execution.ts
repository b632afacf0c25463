import { execute as executeByYoga } from '@graphql-tools/executor';
import {
  type ExecutionArgs,
  type ExecutionResult,
  execute as executeAnyName,
  GraphQLError,
  type GraphQLSchema,
} from 'graphql';
import { tokensOfOneOperation } from '../core/admission.ts';
import { invalid, PaymentsError, toPaymentsError } from '../core/errors.ts';
import type { Core, Session } from '../core/invoke.ts';
import { requireSmall } from './answer-size.ts';
import type { GraphqlCaller } from './caller.ts';
import type { GraphqlContext } from './context.ts';
import { actualCost, requestedCost, toTokens, type Variables } from './cost.ts';
import {
  askForText,
  codeOf,
  InvalidDocument,
  type Refusal,
  Refused,
  refusalOf,
  refusalWith,
  toResponseErrors,
} from './errors.ts';
import { createLoaders, type Loaders } from './loaders.ts';
import {
  createPreparedDocuments,
  type PreparedDocument,
  type PreparedDocuments,
  type PreparedOperation,
} from './prepared.ts';
import type { GraphqlRequest } from './request.ts';
import { openSubscription, type ResultStream } from './subscription.ts';
import { variableViolations } from './variables.ts';

/** The outcome of a request: refused before it ran, one result, or a stream of them. */
export type ExecutionOutcome =
  | { readonly refusal: Refusal }
  | { readonly result: ExecutionResult }
  | { readonly stream: ResultStream };

export interface ExecutionOptions {
  /** False turns batching off, so that the bench can show what the loaders save. */
  readonly loaders: boolean;
  readonly introspection: boolean;
  /** Maximum document cost. */
  readonly maxCost: number;
  /** Maximum bytes of data in a response. */
  readonly maxAnswerBytes: number;
  /** Called with every failure that clients see only as `internal`. */
  readonly report: (cause: unknown, requestId: string) => void;
}

/** What the transport of a document allows. */
export interface Transport {
  /** The document must not change anything (GET). */
  readonly readOnly: boolean;
  /** The client can read a stream of results. */
  readonly streams: boolean;
}

/** Who sent a document. */
export interface DocumentCaller extends GraphqlCaller {
  readonly session: Session;
}

/** A document that may run, and its tokens. */
export interface PreparedRequest {
  readonly prepared: PreparedDocument;
  readonly operation: PreparedOperation;
  readonly variables: Variables;
  /** Tokens of the whole. */
  readonly tokens: number;
  /** Those of them that its preparation has taken. */
  readonly taken: number;
}

/**
 * The steps of every document, on every transport: `prepare`, `admit`, execution of `argsOf`,
 * `finish`; of a subscription `prepare`, `subscribe`. If one of them throws, `refuse` makes the
 * response.
 */
export interface Execution {
  readonly schema: GraphQLSchema;
  /**
   * Finds, parses and validates the document and checks its variables. A new document takes tokens
   * for that.
   */
  prepare(
    request: GraphqlRequest,
    caller: DocumentCaller,
    transport: Transport,
  ): Promise<PreparedRequest>;
  /**
   * Takes the cost of the whole from the key's bucket; returns the caller of the calls in the
   * document, without its observation.
   */
  admit(request: PreparedRequest, caller: DocumentCaller): Promise<DocumentCaller>;
  /** What the resolvers of one document share. */
  contextOf(request: PreparedRequest, caller: DocumentCaller): GraphqlContext;
  /** The result of an execution as it is sent. @throws if it cannot be sent */
  finish(
    request: PreparedRequest,
    caller: DocumentCaller,
    result: ExecutionResult,
  ): ExecutionResult;
  /**
   * Begins a subscription. It takes tokens for each event when the event is read, because their
   * number is unknown.
   */
  subscribe(
    request: PreparedRequest,
    caller: DocumentCaller,
    args: ExecutionArgs,
  ): Promise<ResultStream>;
  /**
   * The response instead of a result; core counts, logs and limits it, and so ends the observation
   * of the document.
   */
  refuse(thrown: unknown, caller: GraphqlCaller): Promise<Refusal>;
  /** Runs all steps. Never rejects. */
  run(
    request: GraphqlRequest,
    caller: DocumentCaller,
    transport: Transport,
  ): Promise<ExecutionOutcome>;
}

/** What every step needs. */
interface Room {
  readonly core: Core;
  readonly schema: GraphQLSchema;
  readonly documents: PreparedDocuments;
  readonly options: ExecutionOptions;
}

export function createExecution(
  core: Core,
  schema: GraphQLSchema,
  options: ExecutionOptions,
): Execution {
  const documents = createPreparedDocuments(schema, options);
  const room: Room = { core, schema, documents, options };
  return {
    schema,
    prepare: (request, caller, transport) => prepare(room, request, caller, transport),
    admit: (request, caller) => admit(room, request, caller),
    contextOf: (request, caller) => contextOf(room, request, caller),
    finish: (request, caller, result) => finish(room, request, caller, result),
    subscribe: (request, caller, args) => subscribe(room, request, caller, args),
    refuse: (thrown, caller) => refuse(room, thrown, caller),
    run: (request, caller, transport) =>
      run(room, request, caller, transport).catch(async (thrown: unknown) => ({
        refusal: await refuse(room, thrown, caller),
      })),
  };
}

/** Apollo's clients send the text next if the error uses their protocol's own words. */
async function unknownDocument(
  { core }: Room,
  { documentId, hash }: GraphqlRequest,
  caller: DocumentCaller,
): Promise<Refused> {
  const named = `'${(documentId ?? hash)?.slice(0, 80)}'`;
  const expected = `Expected the id of a persisted document, got ${named}.`;
  const error = new PaymentsError('not_found', expected);
  const answer = await core.refuse(caller, error);
  const refusal = refusalOf(answer, caller.requestId);
  return new Refused(hash !== undefined && answer === error ? askForText(refusal) : refusal);
}

/** Refuses with the errors of a document; the first of them stands for all in the log. */
async function refuseDocument(
  { core, options: { report } }: Room,
  { message, violations, places }: InvalidDocument,
  caller: GraphqlCaller,
): Promise<Refusal> {
  const { requestId } = caller;
  const error = new PaymentsError('validation_failed', message);
  const answer = await core.refuse(caller, error);
  if (answer !== error) return refusalOf(answer, requestId);
  return refusalWith(toResponseErrors(violations, { requestId, report, places }));
}

/** @throws PaymentsError `query_too_costly` */
function tokensOf(
  { plan }: PreparedOperation,
  variables: Variables,
  { principal }: Session,
  maxCost: number,
): number {
  const tokens = toTokens(requestedCost(plan, variables));
  // A cost above a full bucket is refused for good, unless the document is one operation.
  const limit = Math.min(maxCost, Math.max(principal.burst, tokensOfOneOperation));
  if (tokens <= limit) return tokens;
  throw new PaymentsError(
    'query_too_costly',
    `Expected a document that costs at most ${limit}, got one that costs ${tokens}.`,
    { metadata: { cost: String(tokens), limit: String(limit) } },
  );
}

/**
 * The cost covers what is selected; what is read for it takes tokens by its size, when it is read.
 */
const bySize = true;

/** Parses and validates a document that is not remembered, and takes tokens for that. */
async function made({ core, documents }: Room, text: string, caller: DocumentCaller) {
  await core.admit(caller, { tokens: 1, bySize });
  const parsed = documents.parse(text);
  const more = parsed.tokens - 1;
  if (more > 0) await core.admit(caller, { tokens: more, bySize });
  const prepared = documents.prepare(parsed);
  if (isInvalid(prepared)) throw new InvalidDocument(prepared, parsed.places);
  return { prepared, taken: Math.max(1, parsed.tokens) };
}

async function prepare(
  room: Room,
  request: GraphqlRequest,
  caller: DocumentCaller,
  { readOnly, streams }: Transport,
): Promise<PreparedRequest> {
  const { documents, options, schema } = room;
  const text = request.query ?? documents.textOf(request);
  if (text === undefined) throw await unknownDocument(room, request, caller);
  const known = documents.known(text);
  const { prepared, taken } = known
    ? { prepared: known, taken: 0 }
    : await made(room, text, caller);
  const operation = prepared.operation(request.operationName);
  if (readOnly && operation.kind === 'mutation') throw mutationByGet();
  if (!streams && operation.kind === 'subscription') throw notAcceptable();
  const variables = request.variables ?? {};
  const tokens = tokensOf(operation, variables, caller.session, options.maxCost);
  const violations = variableViolations(schema, operation.node, variables);
  if (violations.length > 0) throw invalid(...violations);
  documents.remember(prepared, request.hash);
  return { prepared, operation, variables, tokens, taken };
}

async function admit(
  { core }: Room,
  { tokens: all, taken }: PreparedRequest,
  caller: DocumentCaller,
): Promise<DocumentCaller> {
  const tokens = all - taken;
  const session =
    tokens > 0
      ? await core.admit(caller, { tokens, bySize })
      : { ...caller.session, prepaid: true, bySize };
  return { ...caller, session, observation: undefined };
}

/** Who makes the calls in a document: each is observed by itself, and none as the document. */
const ofCalls = (caller: DocumentCaller): DocumentCaller =>
  caller.observation ? { ...caller, observation: undefined } : caller;

function contextOf(
  { core, options }: Room,
  { operation: { kind } }: PreparedRequest,
  sender: DocumentCaller,
): GraphqlContext {
  const caller = ofCalls(sender);
  const how = { batch: options.loaders, cache: kind !== 'subscription' };
  let loaders: Loaders | undefined;
  return {
    core,
    caller,
    loaders: () => {
      loaders ??= createLoaders(core, caller, how);
      return loaders;
    },
    forgetReads: () => {
      loaders = undefined;
    },
  };
}

function finish(
  { options: { report, maxAnswerBytes } }: Room,
  { prepared: { places }, operation, tokens, taken }: PreparedRequest,
  caller: DocumentCaller,
  { data, errors = [] }: ExecutionResult,
): ExecutionResult {
  if (data === undefined) throw new InvalidDocument(errors, places);
  requireSmall(data, operation.kind, maxAnswerBytes);
  const cost = costOf(operation, data, Math.max(tokens, taken), caller);
  const { requestId } = caller;
  const reported = toResponseErrors(errors, { requestId, report, places });
  return { ...(reported.length > 0 && { errors: reported }), data, extensions: { cost } };
}

async function subscribe(
  { core, options: { report, maxAnswerBytes } }: Room,
  { prepared: { places }, operation }: PreparedRequest,
  caller: DocumentCaller,
  args: ExecutionArgs,
): Promise<ResultStream> {
  const { requestId } = caller;
  const toErrors = (errors: readonly GraphQLError[]) =>
    toResponseErrors(errors, { requestId, report, places });
  const opened = await openSubscription(args, {
    toErrors,
    check: ({ data }) => requireSmall(data, operation.kind, maxAnswerBytes),
    counted: (error) => core.refuse(caller, error),
  });
  if ('next' in opened) return opened;
  throw new Refused(refusalWith(opened));
}

async function refuse(room: Room, thrown: unknown, caller: GraphqlCaller): Promise<Refusal> {
  if (thrown instanceof Refused) {
    // Counted already as a call if one failed, but not yet as the document.
    caller.observation?.end(codeOf(thrown.refusal));
    return thrown.refusal;
  }
  if (thrown instanceof InvalidDocument) return refuseDocument(room, thrown, caller);
  if (thrown instanceof GraphQLError) {
    return refuseDocument(room, new InvalidDocument([thrown]), caller);
  }
  return refusalOf(await room.core.refuse(caller, toPaymentsError(thrown)), caller.requestId);
}

async function run(
  room: Room,
  request: GraphqlRequest,
  caller: DocumentCaller,
  transport: Transport,
): Promise<ExecutionOutcome> {
  const { schema } = room;
  const given = await prepare(room, request, caller, transport);
  const { prepared, operation, variables } = given;
  const argsOf = (of: DocumentCaller): ExecutionArgs => ({
    schema,
    document: prepared.document,
    contextValue: contextOf(room, given, of),
    variableValues: variables,
    operationName: operation.node.name?.value,
  });
  if (operation.kind === 'subscription') {
    return { stream: await subscribe(room, given, caller, argsOf(caller)) };
  }
  const admitted = await admit(room, given, caller);
  const result = await executeOf(prepared)(argsOf(admitted));
  return { result: finish(room, given, admitted, result) };
}

type Execute = (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;

/**
 * The executor of a document. Yoga's takes half of the time of graphql 17's own, which for every
 * document makes an AbortController and, at its end, a DOMException with its stack, and keeps
 * collected fields in weak maps under keys of one request, so that garbage survives into the old
 * generation. But it mistakes an object that has a `then` for a promise.
 */
const executeOf = ({ namesThen }: PreparedDocument): Execute =>
  // Results come in parts only if a schema has @defer or @stream; this one does not.
  namesThen ? executeAnyName : (executeByYoga as Execute);

function costOf(
  { plan }: PreparedOperation,
  data: unknown,
  requested: number,
  { receipt: { rate } }: GraphqlCaller,
) {
  // Lists without a size of their own may be longer than assumed; this takes no more tokens.
  const actual = Math.min(requested, toTokens(actualCost(plan, data)));
  const throttle = rate && {
    limit: rate.limit,
    remaining: rate.remaining,
    resetMs: rate.resetMs,
  };
  return { requested, actual, throttle };
}

const isInvalid = (
  made: PreparedDocument | readonly GraphQLError[],
): made is readonly GraphQLError[] => Array.isArray(made);

/** A response that the client cannot read. */
export const notAcceptable = (): PaymentsError =>
  new PaymentsError(
    'not_acceptable',
    'Expected an Accept of application/json, application/graphql-response+json or, for ' +
      'subscriptions, text/event-stream; those go over graphql-transport-ws too.',
  );

const mutationByGet = (): PaymentsError =>
  new PaymentsError('method_not_allowed', 'Expected a mutation by POST, got GET.');
