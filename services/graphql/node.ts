import type { CallName } from '../core/operations.ts';
import { byId, type GraphqlContext } from './context.ts';

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
    node(root: unknown, args: { readonly id: string }, context: GraphqlContext) {
      const type = nodeTypeOf(args.id);
      return type ? byId(type.read)(root, args, context) : null;
    },
  },
  Node: typeById,
};
