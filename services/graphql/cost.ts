import {
  type ASTNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isIntrospectionType,
  isListType,
  isNullableType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';
import { PaymentsError } from '../core/errors.ts';
import { defaultPageSize, maxPageSize } from '../core/page.ts';

/**
 * Computes what a document costs before it runs, by the `@cost` and `@listSize` of its schema (IBM
 * GraphQL cost specification). The document is compiled once to the few fields that cost anything;
 * the cost of a call follows from that plan and the call's variables.
 */

export type Variables = Readonly<Record<string, unknown>>;

/** Costs are counted in thousandths of a token: whole numbers, whose sums are exact. */
const thousandths = (tokens: number): number => Math.round(tokens * 1000);

interface CostNode {
  /** The key in the response. */
  readonly key: string;
  readonly name: string;
  /** Cost of the field itself, however many objects it returns. */
  readonly weight: number;
  /** Cost of each object. */
  readonly typeWeight: number;
  readonly sizeOf: ((variables: Variables) => number) | undefined;
  /** Cost of each row that an argument requests, read whether it is selected below or not. */
  readonly rowWeight: number;
  /** The fields below that the size belongs to; empty: this field. */
  readonly sizedFields: readonly string[];
  readonly below: CostPlan;
}

/** The cost of an object's fields. */
export interface CostPlan {
  readonly nodes: readonly CostNode[];
  /** Cost of all fields without a node. */
  readonly leafWeight: number;
}

const nothing: CostPlan = { nodes: [], leafWeight: 0 };

/** A field without a cost of its own is still resolved, copied and written. */
const weightPerLeaf = thousandths(0.001);
const weightPerRow = thousandths(0.02);
/** Introspection reads only memory: its cost is in lists, above all in lists within lists. */
const introspection = {
  weight: thousandths(1),
  itemWeight: thousandths(0.002),
  itemsOfType: 5,
} as const;
/**
 * Maximum selections to which a document may unfold; beyond it the document is refused without
 * further work. The common introspection query has about 300.
 */
const maxSelections = 2000;

interface Compiler {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly maxDepth: number;
  selections: number;
  fields: number;
}

const tooCostly = (message: string) => new PaymentsError('query_too_costly', message);

/**
 * Plans a valid operation, and counts the fields of the plan.
 *
 * @throws PaymentsError `query_too_costly` if fields are nested deeper than `maxDepth`, or the
 *   operation unfolds to too many selections
 */
export function compileCost(options: {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly maxDepth: number;
}): { readonly plan: CostPlan; readonly fields: number } {
  const { schema, operation } = options;
  const compiler: Compiler = { ...options, selections: 0, fields: 0 };
  const root = schema.getRootType(operation.operation);
  const plan = root ? compile(compiler, root, [operation.selectionSet], 1) : nothing;
  return { plan, fields: compiler.fields };
}

function compile(
  compiler: Compiler,
  type: GraphQLCompositeType,
  selections: readonly SelectionSetNode[],
  depth: number,
): CostPlan {
  // Tools nest types far deeper; graphql's own rule bounds the lists among them.
  if (depth > compiler.maxDepth && !isIntrospectionType(type)) {
    throw tooCostly(`Expected fields nested at most ${compiler.maxDepth} deep.`);
  }
  const groups = new Map<string, { type: GraphQLCompositeType; nodes: FieldNode[] }>();
  const seen = new Set<string>();
  for (const selection of selections) collect(compiler, type, selection, groups, seen);
  compiler.fields += groups.size;
  const nodes: CostNode[] = [];
  let leafWeight = 0;
  for (const group of groups.values()) {
    const node = compileField(compiler, group.type, group.nodes, depth);
    if (node) nodes.push(node);
    else if (!isIntrospectionType(type)) leafWeight += weightPerLeaf;
  }
  return { nodes, leafWeight };
}

/** The fields of a selection, merged as execution merges them, so that none is counted twice. */
function collect(
  compiler: Compiler,
  type: GraphQLCompositeType,
  { selections }: SelectionSetNode,
  groups: Map<string, { type: GraphQLCompositeType; nodes: FieldNode[] }>,
  seen: Set<string>,
): void {
  const typeNamed = (name: string | undefined): GraphQLCompositeType => {
    const found = name === undefined ? type : compiler.schema.getType(name);
    return isCompositeType(found) ? found : type;
  };
  compiler.selections += selections.length;
  if (compiler.selections > maxSelections) {
    throw tooCostly(`Expected a document that unfolds to at most ${maxSelections} selections.`);
  }
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      const id = `${type.name}.${selection.alias?.value ?? selection.name.value}`;
      const group = groups.get(id);
      if (group) group.nodes.push(selection);
      else groups.set(id, { type, nodes: [selection] });
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      const within = typeNamed(selection.typeCondition?.name.value);
      collect(compiler, within, selection.selectionSet, groups, seen);
    } else {
      const fragment = compiler.fragments.get(selection.name.value);
      if (!fragment || seen.has(selection.name.value)) continue;
      seen.add(selection.name.value);
      const within = typeNamed(fragment.typeCondition.name.value);
      collect(compiler, within, fragment.selectionSet, groups, seen);
    }
  }
}

/** Undefined for a field that costs no more than a leaf. */
function compileField(
  compiler: Compiler,
  parent: GraphQLCompositeType,
  nodes: readonly FieldNode[],
  depth: number,
): CostNode | undefined {
  const [node] = nodes;
  const name = node?.name.value ?? '';
  const field = compiler.schema.getField(parent, name);
  if (!node || !field || name === '__typename') return undefined;
  const type = getNamedType(field.type);
  const key = node.alias?.value ?? name;
  const selections = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  const below = isCompositeType(type) ? compile(compiler, type, selections, depth + 1) : nothing;
  if (isIntrospectionType(type)) {
    if (!isCompositeType(type)) return undefined;
    const list = isList(field);
    const items = name === 'types' ? typesIn(compiler.schema) : introspection.itemsOfType;
    return {
      key,
      name,
      weight: name === '__schema' || name === '__type' ? introspection.weight : 0,
      typeWeight: list ? introspection.itemWeight : 0,
      sizeOf: list ? () => items : undefined,
      rowWeight: 0,
      sizedFields: [],
      below,
    };
  }
  const weight = weightOf(compiler.schema, field);
  const typeWeight = typeWeightOf(compiler.schema, type);
  if (!isCompositeType(type) && weight + typeWeight === 0) return undefined;
  const size = listSizeOf(compiler, field);
  return {
    key,
    name,
    weight,
    typeWeight,
    sizeOf: isList(field) || size ? sizeCounter(compiler, field, node, size) : undefined,
    rowWeight: size?.slicingArguments ? weightPerRow : 0,
    sizedFields: size?.sizedFields ?? [],
    below,
  };
}

const typesIn = (schema: GraphQLSchema): number => Object.keys(schema.getTypeMap()).length;

const isList = ({ type }: GraphQLField<unknown, unknown>): boolean =>
  isListType(isNullableType(type) ? type : type.ofType);

type Bearer = Pick<GraphQLField<unknown, unknown> | GraphQLNamedType, 'astNode'>;

/** The directives of a schema's fields and types, read once. */
const weights = new WeakMap<ASTNode, number>();
const listSizes = new WeakMap<ASTNode, ListSize>();

function weightOf(schema: GraphQLSchema, { astNode }: Bearer): number {
  const directive = schema.getDirective('cost');
  if (!directive || !astNode) return 0;
  let weight = weights.get(astNode);
  if (weight === undefined) {
    weight = thousandths(Number(getDirectiveValues(directive, astNode)?.weight ?? 0));
    weights.set(astNode, weight);
  }
  return weight;
}

/** For an interface or a union: that of its most expensive member. */
const typeWeightOf = (schema: GraphQLSchema, type: GraphQLNamedType): number =>
  isAbstractType(type)
    ? Math.max(...schema.getPossibleTypes(type).map((member) => weightOf(schema, member)))
    : weightOf(schema, type);

interface ListSize {
  readonly assumedSize?: number;
  readonly slicingArguments?: readonly string[];
  readonly sizedFields?: readonly string[];
}

const noListSize: ListSize = {};

function listSizeOf({ schema }: Compiler, { astNode }: Bearer): ListSize | undefined {
  const directive = schema.getDirective('listSize');
  if (!directive || !astNode) return undefined;
  let size = listSizes.get(astNode);
  if (size === undefined) {
    size = getDirectiveValues(directive, astNode) ?? noListSize;
    listSizes.set(astNode, size);
  }
  return size === noListSize ? undefined : size;
}

/** Maximum items that a call of this field may return. */
function sizeCounter(
  { operation }: Compiler,
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  size: ListSize | undefined,
): (variables: Variables) => number {
  const otherwise = size?.assumedSize ?? defaultPageSize;
  const values = (size?.slicingArguments ?? []).map((name) => {
    const given = node.arguments?.find((argument) => argument.name.value === name)?.value;
    const byDefault = field.args.find((argument) => argument.name === name)?.astNode?.defaultValue;
    return valueReader(operation, given, byDefault);
  });
  return (variables) => {
    const sizes = values.map((read) => itemsIn(read(variables))).filter((n) => n >= 0);
    return sizes.length > 0 ? Math.max(...sizes) : otherwise;
  };
}

/** The value of an argument in a call: literal, variable, its default or the argument's. */
function valueReader(
  operation: OperationDefinitionNode,
  given: ValueNode | undefined,
  byDefault: ValueNode | undefined,
): (variables: Variables) => unknown {
  const fallback = byDefault && valueFromASTUntyped(byDefault);
  if (!given) return () => fallback;
  if (given.kind !== Kind.VARIABLE) {
    const literal = valueFromASTUntyped(given);
    return () => literal ?? fallback;
  }
  const name = given.name.value;
  const definition = operation.variableDefinitions?.find(
    ({ variable }) => variable.name.value === name,
  );
  const initial = definition?.defaultValue && valueFromASTUntyped(definition.defaultValue);
  return (variables) => (Object.hasOwn(variables, name) ? variables[name] : initial) ?? fallback;
}

/** Items that a slicing argument requests, a page at most; -1 if the argument is not set. */
function itemsIn(value: unknown): number {
  if (value === null || value === undefined) return -1;
  if (typeof value === 'number') return Math.max(0, Math.min(value, maxPageSize)) || 0;
  return Array.isArray(value) ? Math.min(value.length, maxPageSize) : 1;
}

interface Sized {
  readonly fields: readonly string[];
  readonly size: number;
}

/** The maximum cost of the call, in thousandths. */
export function requestedCost(plan: CostPlan, variables: Variables, sized?: Sized): number {
  let sum = plan.leafWeight;
  for (const node of plan.nodes) {
    const size = node.sizeOf?.(variables) ?? 1;
    const passedOn = node.sizedFields.length > 0 ? { fields: node.sizedFields, size } : undefined;
    const times = sized?.fields.includes(node.name) ? sized.size : passedOn ? 1 : size;
    const each = node.typeWeight + requestedCost(node.below, variables, passedOn);
    sum += node.weight + size * node.rowWeight + times * each;
  }
  return sum;
}

/** The cost of the call by the objects in its response, in thousandths. */
export function actualCost(plan: CostPlan, data: unknown): number {
  if (typeof data !== 'object' || data === null) return 0;
  let sum = plan.leafWeight;
  for (const node of plan.nodes) {
    const value = (data as Readonly<Record<string, unknown>>)[node.key];
    // Of a union only the fields of the returned member count.
    if (value === undefined) continue;
    sum += node.weight + node.rowWeight * rowsIn(node, value);
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== null) sum += node.typeWeight + actualCost(node.below, item);
    }
  }
  return sum;
}

/** The number of rows that the response was made of, as far as it shows them. */
function rowsIn({ sizedFields, below }: CostNode, value: unknown): number {
  if (Array.isArray(value)) return value.length;
  if (sizedFields.length === 0 || typeof value !== 'object' || value === null) return 0;
  const lists = below.nodes.map(({ name, key }) =>
    sizedFields.includes(name) ? (value as Readonly<Record<string, unknown>>)[key] : undefined,
  );
  return Math.max(0, ...lists.map((list) => (Array.isArray(list) ? list.length : 0)));
}

/** Whole tokens of the key's bucket for a cost in thousandths, at least one. */
export const toTokens = (cost: number): number => Math.max(1, Math.round(cost / 1000));
