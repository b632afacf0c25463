import type { CallName } from '../core/operations.ts';
import { type GraphqlContext, invoke, nullWhereNotFound } from './context.ts';

interface NodeType {
  readonly name: string;
  readonly read: CallName;
}

/** The types that can be found by id, by the prefix of theirs. */
const nodeTypes: Readonly<Record<string, NodeType>> = {
  pay: { name: 'Payment', read: 'getPayment' },
  re: { name: 'Refund', read: 'getRefund' },
  cus: { name: 'Customer', read: 'getCustomer' },
};

function nodeTypeOf(id: string): NodeType | undefined {
  const prefix = id.slice(0, Math.max(0, id.indexOf('_')));
  return Object.hasOwn(nodeTypes, prefix) ? nodeTypes[prefix] : undefined;
}

/** The type of a resource, told by its id. */
export const typeById = {
  __resolveType: ({ id }: { readonly id: string }) => nodeTypeOf(id)?.name,
};

export const nodeResolvers = {
  Query: {
    node(_root: unknown, { id }: { readonly id: string }, context: GraphqlContext) {
      const type = nodeTypeOf(id);
      return type ? invoke(context, type.read, { id }).catch(nullWhereNotFound) : null;
    },
  },
  Node: typeById,
};
