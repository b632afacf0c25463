import { PaymentsError } from '../core/errors.ts';
import type { EventStream } from '../core/events/follow.ts';
import type { Caller, Core } from '../core/invoke.ts';
import type { CallName, OutputOf } from '../core/operations.ts';
import type { Loaders } from './loaders.ts';

/** The position of a subscription. */
export type WatchedEvents = Pick<EventStream, 'start' | 'position'>;

/** What the resolvers of one document share. */
export interface GraphqlContext {
  readonly core: Core;
  /** Its session is prepaid, except that of a subscription: a document is admitted as a whole. */
  readonly caller: Caller;
  /** Created at first use; most documents never use them. */
  readonly loaders: () => Loaders;
  /** Drops the loaders, because what they have read may have changed. */
  readonly forgetReads: () => void;
  /** What a subscription watches, once it has begun. */
  watched?: WatchedEvents;
}

/** Calls the core for a resolver. @throws PaymentsError */
export const invoke = <Name extends CallName>(
  { core, caller }: GraphqlContext,
  name: Name,
  input: unknown,
): Promise<OutputOf<Name>> => core.invoke(name, caller, input);

/** A query for one resource: null if no resource has that id. */
export const byId =
  (name: CallName) =>
  (_root: unknown, { id }: { readonly id: string }, context: GraphqlContext) =>
    invoke(context, name, { id }).catch(nullWhereNotFound);

/** A type that can be found by id. */
export interface NodeType {
  readonly name: string;
  /** The prefix of its ids. */
  readonly prefix: string;
  readonly read: ReturnType<typeof byId>;
}

function nullWhereNotFound(thrown: unknown): null {
  if (thrown instanceof PaymentsError && thrown.code === 'not_found') return null;
  throw thrown;
}

/** Converts arguments to the input of an operation: null is the same as absent. */
export function withoutNulls(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const name in args) if (args[name] !== null) input[name] = args[name];
  return input;
}
