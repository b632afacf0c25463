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
import { answerBytes } from './answer-size.ts';
import type { GraphqlCaller } from './caller.ts';
import type { GraphqlContext } from './context.ts';
import { actualCost, requestedCost, toPrice, type Variables } from './cost.ts';
import { askForText, type Refusal, refusalOf, refusalWith, toResponseErrors } from './errors.ts';
import { createLoaders, type Loaders } from './loaders.ts';
import type { Places } from './places.ts';
import {
  createPreparedDocuments,
  type PreparedDocument,
  type PreparedOperation,
} from './prepared.ts';
import { openSubscription, type ResultStream } from './subscription.ts';
import { variableViolations } from './variables.ts';
import type { Execute } from './yoga.ts';

/** A request as it came, its shape checked. */
export interface GraphqlRequest {
  readonly query?: string | undefined;
  /** Stands for a document that the server knows: `sha256:` and its hash in hex. */
  readonly documentId?: string | undefined;
  /** SHA-256 of a document's text, in hex; beside `query`, that of its own. */
  readonly hash?: string | undefined;
  readonly operationName?: string | undefined;
  readonly variables?: Variables | undefined;
}

/** What became of a request: refused before it ran, one result, or a stream of them. */
export type Outcome =
  | { readonly refusal: Refusal }
  | { readonly result: ExecutionResult }
  | { readonly stream: ResultStream };

export interface ExecutionOptions {
  /** False: no batching, for the bench to show what the loaders save. */
  readonly loaders: boolean;
  readonly introspection: boolean;
  /** Maximum document cost. */
  readonly maxCost: number;
  /** The largest answer that is sent, bytes of its data. */
  readonly maxAnswerBytes: number;
  /** Called with every failure that clients see as `internal` only. */
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
  const { report } = options;

  /** A refusal of core's making, which says the same on every wire and is counted. */
  async function refused(
    error: PaymentsError,
    caller: GraphqlCaller,
    session: Session,
  ): Promise<Outcome> {
    const { requestId } = caller;
    return { refusal: refusalOf(await core.refuse({ ...caller, session }, error), requestId) };
  }

  /** Apollo's clients send the text next if the error uses their protocol's own words. */
  async function unknownDocument(
    { documentId, hash }: GraphqlRequest,
    caller: GraphqlCaller,
    session: Session,
  ): Promise<Outcome> {
    const { requestId } = caller;
    const named = `'${(documentId ?? hash)?.slice(0, 80)}'`;
    const expected = `Expected the id of a persisted document, got ${named}.`;
    const error = new PaymentsError('not_found', expected);
    const answer = await core.refuse({ ...caller, session }, error);
    const refusal = refusalOf(answer, requestId);
    return { refusal: hash !== undefined && answer === error ? askForText(refusal) : refusal };
  }

  /** A refusal with the errors of a document; the first of them stands for all in the log. */
  async function faulty(
    errors: readonly GraphQLError[],
    places: Places | undefined,
    caller: GraphqlCaller,
    session: Session,
  ): Promise<Outcome> {
    const { requestId } = caller;
    const error = new PaymentsError('validation_failed', errors[0]?.message ?? 'Invalid document.');
    const answer = await core.refuse({ ...caller, session }, error);
    if (answer !== error) return { refusal: refusalOf(answer, requestId) };
    return { refusal: refusalWith(toResponseErrors(errors, { requestId, report, places })) };
  }

  function priceOf({ plan }: PreparedOperation, variables: Variables, session: Session): number {
    const price = toPrice(requestedCost(plan, variables));
    // More than a full bucket holds is refused for good, unless it is one operation.
    const limit = Math.min(
      options.maxCost,
      Math.max(session.principal.burst, tokensOfOneOperation),
    );
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
    const text = request.query ?? documents.textOf(request);
    if (text === undefined) return unknownDocument(request, caller, session);
    let paid = 0;
    // The price is that of what is selected: what is read for it pays for its size as it shows.
    const bySize = true;
    const pay = async (tokens: number): Promise<Session> => {
      if (tokens <= 0) return { ...session, prepaid: true, bySize };
      paid += tokens;
      return core.admit({ ...caller, session }, { tokens, bySize });
    };
    let prepared = documents.known(text);
    if (!prepared) {
      await pay(1);
      const parsed = documents.parse(text);
      await pay(parsed.tokens - 1);
      const made = documents.prepare(parsed);
      if (isFaulty(made)) return faulty(made, parsed.places, caller, session);
      prepared = made;
    }
    const { document, places } = prepared;
    const operation = prepared.operation(request.operationName);
    if (readOnly && operation.kind === 'mutation') throw mutationByGet();

    const variables = request.variables ?? {};
    const price = priceOf(operation, variables, session);
    const violations = variableViolations(schema, operation.node, variables);
    if (violations.length > 0) throw invalid(...violations);
    documents.remember(prepared, request.hash);
    const argsOf = (documentSession: Session): ExecutionArgs => ({
      schema,
      document,
      contextValue: contextOf({ ...caller, session: documentSession }, operation),
      variableValues: variables,
      operationName: request.operationName,
    });
    if (operation.kind === 'subscription') {
      return streamed(argsOf(session), operation, places, { ...caller, session });
    }
    const args = argsOf(await pay(price - paid));
    // Yoga's executor takes an object that has a `then` for a promise.
    const { data, errors = [] } = await (prepared.namesThen ? executeAnyName : execute)(args);
    if (data !== undefined) {
      requireSmall(data, operation, options.maxAnswerBytes);
      const cost = costOf(operation, data, Math.max(price, paid), caller);
      const { requestId } = caller;
      const told = toResponseErrors(errors, { requestId, report, places });
      const result = { ...(told.length > 0 && { errors: told }), data, extensions: { cost } };
      return { result };
    }
    return faulty(errors, places, caller, session);
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
      forgetReads: () => {
        loaders = undefined;
      },
    };
  }

  async function streamed(
    args: ExecutionArgs,
    operation: PreparedOperation,
    places: Places,
    caller: GraphqlCaller,
  ): Promise<Outcome> {
    const { requestId } = caller;
    const toErrors = (errors: readonly GraphQLError[]) =>
      toResponseErrors(errors, { requestId, report, places });
    const opened = await openSubscription(args, {
      toErrors,
      check: ({ data }) => requireSmall(data, operation, options.maxAnswerBytes),
      counted: (error) => core.refuse(caller, error),
    });
    return 'next' in opened ? { stream: opened } : { refusal: refusalWith(opened) };
  }

  return {
    schema,
    run: (request, caller, session, readOnly) =>
      run(request, caller, session, readOnly).catch((thrown: unknown) =>
        thrown instanceof GraphQLError
          ? faulty([thrown], undefined, caller, session)
          : refused(toPaymentsError(thrown), caller, session),
      ),
  };
}

function costOf(
  { plan }: PreparedOperation,
  data: unknown,
  requested: number,
  { receipt: { rate } }: GraphqlCaller,
) {
  // Lists without a size of their own may be longer than was assumed; nothing more is taken.
  const actual = Math.min(requested, toPrice(actualCost(plan, data)));
  const throttle = rate && {
    limit: rate.limit,
    remaining: rate.remaining,
    resetMs: rate.resetMs,
  };
  return { requested, actual, throttle };
}

const isFaulty = (
  made: PreparedDocument | readonly GraphQLError[],
): made is readonly GraphQLError[] => Array.isArray(made);

const mutationByGet = (): PaymentsError =>
  new PaymentsError('method_not_allowed', 'Expected a mutation by POST, got GET.');

/** The largest answer to an event, bytes of its data: a replay takes a token for 20 of them. */
const maxEventBytes = 256 * 1024;

function requireSmall(data: unknown, { kind }: PreparedOperation, maxBytes: number): void {
  const most = kind === 'subscription' ? Math.min(maxEventBytes, maxBytes) : maxBytes;
  if (answerBytes(data, most) <= most) return;
  const effect = kind === 'mutation' ? ' The mutations took effect.' : '';
  throw new PaymentsError(
    'query_too_costly',
    `Expected a document whose answer has at most ${most} bytes, got more: ask for fewer fields ` +
      `or shorter lists.${effect}`,
    { metadata: { maxBytes: String(most) } },
  );
}
