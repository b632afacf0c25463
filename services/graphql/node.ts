import type { GraphqlContext, NodeType } from './context.ts';
import { customerNode } from './customers.ts';
import { paymentNode } from './payments.ts';
import { refundNode } from './refunds.ts';

const nodeTypes: ReadonlyMap<string, NodeType> = new Map(
  [paymentNode, refundNode, customerNode].map((type) => [type.prefix, type]),
);

const nodeTypeOf = (id: string): NodeType | undefined =>
  nodeTypes.get(id.slice(0, Math.max(0, id.indexOf('_'))));

/** The type of a resource, recognised by its id. */
export const typeById = {
  __resolveType: ({ id }: { readonly id: string }) => nodeTypeOf(id)?.name,
};

export const nodeResolvers = {
  Query: {
    node(root: unknown, args: { readonly id: string }, context: GraphqlContext) {
      return nodeTypeOf(args.id)?.read(root, args, context) ?? null;
    },
  },
  Node: typeById,
};
