import {
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  subscribe,
} from 'graphql';
import { PaymentsError } from '../core/errors.ts';
import type { Core, Session } from '../core/invoke.ts';
import type { GraphqlCaller } from './caller.ts';
import type { GraphqlContext } from './context.ts';
import { actualCost, requestedCost, toPrice, type Variables } from './cost.ts';
import { persistedDocuments } from './documents.ts';
import { type Refusal, refusalOf, refusalWith, toResponseError } from './errors.ts';
import { createLoaders, type Loaders } from './loaders.ts';
import {
  createPreparedDocuments,
  type PreparedDocument,
  type PreparedOperation,
} from './prepared.ts';
import type { Execute } from './yoga.ts';

/** A request as it came, its shape checked. */
export interface GraphqlRequest {
  readonly query?: string | undefined;
  /** Stands for a document that the server knows: `sha256:` and its hash in hex. */
  readonly documentId?: string | undefined;
  readonly operationName?: string | undefined;
  readonly variables?: Variables | undefined;
}

export type ResultStream = AsyncIterableIterator<ExecutionResult>;

/** What became of a request: refused before it ran, one result, or a stream of them. */
export type Outcome =
  | { readonly refusal: Refusal }
  | { readonly result: ExecutionResult }
  | { readonly stream: ResultStream };

export interface ExecutionOptions {
  /** False: no batching, for the bench to show what the loaders save. */
  readonly loaders: boolean;
  readonly introspection: boolean;
  /** The dearest document that is run. */
  readonly maxCost: number;
  /** Told of every failure that clients see as `internal` only. */
  readonly report: (cause: unknown, requestId: string) => void;
}

/** The one path of every document, by whatever transport it came. */
export interface Execution {
  readonly schema: GraphQLSchema;
  /**
   * Prepares the document (a document not seen before costs a token for that), takes the price of
   * the whole from the key's bucket, and executes. What a subscription reads for each event is
   * paid for when it is read: nobody knows how many will come. Never rejects.
   *
   * @param readOnly the transport must not change anything (GET)
   */
  run(
    request: GraphqlRequest,
    caller: GraphqlCaller,
    session: Session,
    readOnly: boolean,
  ): Promise<Outcome>;
}

export function createExecution(
  core: Core,
  schema: GraphQLSchema,
  execute: Execute,
  options: ExecutionOptions,
): Execution {
  const documents = createPreparedDocuments(schema, options);

  const toResponseErrors = (errors: readonly GraphQLError[], { requestId }: GraphqlCaller) =>
    errors.map((error) => toResponseError(error, requestId, options.report));

  function priceOf({ plan }: PreparedOperation, variables: Variables, session: Session): number {
    const price = toPrice(requestedCost(plan, variables));
    // What a full bucket does not hold can never be let through: waiting would not help.
    const limit = Math.min(options.maxCost, session.key.burst);
    if (price <= limit) return price;
    throw new PaymentsError(
      'query_too_costly',
      `Expected a document that costs at most ${limit}, got one that costs ${price}.`,
      { metadata: { cost: String(price), limit: String(limit) } },
    );
  }

  async function run(
    request: GraphqlRequest,
    caller: GraphqlCaller,
    session: Session,
    readOnly: boolean,
  ): Promise<Outcome> {
    const text = textOf(request);
    let prepared = documents.known(text);
    let paid = 0;
    if (!prepared) {
      paid = 1;
      await core.admit({ ...caller, session }, { tokens: paid });
      const made = documents.prepare(text);
      if (isFaulty(made)) return { refusal: refusalWith(toResponseErrors(made, caller)) };
      prepared = made;
    }
    const operation = operationOf(prepared, request.operationName);
    if (readOnly && operation.kind === 'mutation') return mutationByGet(caller);

    const variables = request.variables ?? {};
    const price = priceOf(operation, variables, session);
    const argsOf = (documentSession: Session): ExecutionArgs => ({
      schema,
      document: prepared.document,
      contextValue: contextOf({ ...caller, session: documentSession }, operation),
      variableValues: variables,
      operationName: request.operationName,
    });
    if (operation.kind === 'subscription') return streamed(argsOf(session), caller);
    const prepaid =
      price > paid
        ? await core.admit({ ...caller, session }, { tokens: price - paid })
        : { ...session, prepaid: true };
    return answered(argsOf(prepaid), operation, price, caller);
  }

  function contextOf(caller: GraphqlCaller, { kind }: PreparedOperation): GraphqlContext {
    const how = { batch: options.loaders, cache: kind !== 'subscription' };
    let loaders: Loaders | undefined;
    return {
      core,
      caller,
      loaders: () => {
        loaders ??= createLoaders(core, caller, how);
        return loaders;
      },
    };
  }

  async function streamed(args: ExecutionArgs, caller: GraphqlCaller): Promise<Outcome> {
    const source = await subscribe(args);
    if (!(Symbol.asyncIterator in source)) {
      return { refusal: refusalWith(toResponseErrors(source.errors ?? [], caller)) };
    }
    return { stream: responses(source, (errors) => toResponseErrors(errors, caller)) };
  }

  async function answered(
    args: ExecutionArgs,
    { plan }: PreparedOperation,
    requested: number,
    caller: GraphqlCaller,
  ): Promise<Outcome> {
    const { data, errors } = await execute(args);
    if (data === undefined) {
      return { refusal: refusalWith(toResponseErrors(errors ?? [], caller)) };
    }
    const { rate } = caller.receipt;
    const throttle = rate && {
      limit: rate.limit,
      remaining: rate.remaining,
      resetMs: rate.resetMs,
    };
    const cost = { requested, actual: toPrice(actualCost(plan, data)), throttle };
    return {
      result: {
        ...(errors && { errors: toResponseErrors(errors, caller) }),
        data,
        extensions: { cost },
      },
    };
  }

  return {
    schema,
    run: (request, caller, session, readOnly) =>
      run(request, caller, session, readOnly).catch((thrown: unknown) => {
        if (!(thrown instanceof PaymentsError)) options.report(thrown, caller.requestId);
        return { refusal: refusalOf(thrown, caller.requestId) };
      }),
  };
}

const isFaulty = (
  made: PreparedDocument | readonly GraphQLError[],
): made is readonly GraphQLError[] => Array.isArray(made);

const mutationByGet = ({ requestId }: GraphqlCaller): Outcome => {
  const refused = new PaymentsError('validation_failed', 'Expected a mutation by POST, got GET.');
  const refusal = refusalOf(refused, requestId);
  return { refusal: { ...refusal, status: 405, wellFormed: false } };
};

function textOf({ query, documentId }: GraphqlRequest): string {
  if (query !== undefined) return query;
  const text = documentId === undefined ? undefined : persistedDocuments.get(documentId);
  if (text !== undefined) return text;
  throw new PaymentsError(
    'not_found',
    `Expected the id of a persisted document, got '${documentId?.slice(0, 80)}'.`,
  );
}

function operationOf(
  { operations }: PreparedDocument,
  name: string | undefined,
): PreparedOperation {
  const [first] = operations.values();
  const found = name === undefined && operations.size === 1 ? first : operations.get(name ?? '');
  if (found) return found;
  throw new PaymentsError(
    'validation_failed',
    name === undefined
      ? 'Expected an operationName: the document has several operations.'
      : `Expected the name of an operation in the document, got '${name.slice(0, 80)}'.`,
  );
}

/**
 * The results of a subscription. A failure of its source, a revoked key for one, is its last
 * result. `return` takes effect at once, which that of an async generator does not.
 */
function responses(
  source: AsyncIterable<ExecutionResult>,
  toErrors: (errors: readonly GraphQLError[]) => readonly GraphQLError[],
): ResultStream {
  const iterator = source[Symbol.asyncIterator]();
  let failed = false;
  const stream: ResultStream = {
    async next() {
      if (failed) return { done: true, value: undefined };
      try {
        const { done, value } = await iterator.next();
        if (done) return { done: true, value: undefined };
        return {
          done: false,
          value: value.errors ? { ...value, errors: toErrors(value.errors) } : value,
        };
      } catch (thrown) {
        failed = true;
        const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
        const error = new GraphQLError(cause.message, { originalError: cause });
        return { done: false, value: { errors: toErrors([error]) } };
      }
    },
    async return() {
      failed = true;
      await iterator.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => stream,
  };
  return stream;
}
