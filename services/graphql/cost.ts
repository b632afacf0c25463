import {
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
 * What a document costs, by the `@cost` and `@listSize` of its schema (IBM GraphQL cost
 * specification), told before it runs. The document is compiled once to the few fields that cost
 * anything; the price of a call is then that plan and the call's variables.
 */

export type Variables = Readonly<Record<string, unknown>>;

interface CostNode {
  /** The key in the answer. */
  readonly key: string;
  readonly name: string;
  /** Of the field itself, however many objects it answers. */
  readonly weight: number;
  /** Of each object. */
  readonly typeWeight: number;
  readonly sizeOf: ((variables: Variables) => number) | undefined;
  /** The fields below that the size belongs to; none: this field. */
  readonly sizedFields: readonly string[];
  readonly children: readonly CostNode[];
}

export type CostPlan = readonly CostNode[];

/** Introspection answers from memory: its cost is in lists, and lists within lists above all. */
const introspection = { weight: 1, itemWeight: 0.002, itemsOfType: 5 } as const;
/** A document that unfolds to more fields than this is refused without being looked at further. */
const maxPlanFields = 5000;

interface Compiler {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly maxDepth: number;
  fields: number;
}

const tooCostly = (message: string) => new PaymentsError('query_too_costly', message);

/**
 * The plan of a valid operation.
 *
 * @throws PaymentsError `query_too_costly` when fields are nested deeper than `maxDepth`
 */
export function compileCost(options: {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly maxDepth: number;
}): CostPlan {
  const { schema, operation } = options;
  const root = schema.getRootType(operation.operation);
  return root ? compile({ ...options, fields: 0 }, root, [operation.selectionSet], 1) : [];
}

function compile(
  compiler: Compiler,
  type: GraphQLCompositeType,
  selections: readonly SelectionSetNode[],
  depth: number,
): CostPlan {
  // Tools ask for types of types far deeper; graphql's own rule bounds what of that is a list.
  if (depth > compiler.maxDepth && !isIntrospectionType(type)) {
    throw tooCostly(`Expected fields nested at most ${compiler.maxDepth} deep.`);
  }
  const groups = new Map<string, { type: GraphQLCompositeType; nodes: FieldNode[] }>();
  const seen = new Set<string>();
  for (const selection of selections) collect(compiler, type, selection, groups, seen);
  compiler.fields += groups.size;
  if (compiler.fields > maxPlanFields) {
    throw tooCostly(`Expected a document that unfolds to at most ${maxPlanFields} fields.`);
  }
  return [...groups.values()].flatMap((group) => {
    const node = compileField(compiler, group.type, group.nodes, depth);
    return node.weight + node.typeWeight > 0 || node.children.length > 0 ? [node] : [];
  });
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

function compileField(
  compiler: Compiler,
  parent: GraphQLCompositeType,
  nodes: readonly FieldNode[],
  depth: number,
): CostNode {
  const [node] = nodes;
  const name = node?.name.value ?? '';
  const key = node?.alias?.value ?? name;
  const leaf: CostNode = {
    key,
    name,
    weight: name === '__schema' || name === '__type' ? introspection.weight : 0,
    typeWeight: 0,
    sizeOf: undefined,
    sizedFields: [],
    children: [],
  };
  const field = compiler.schema.getField(parent, name);
  if (!node || !field || name === '__typename') return leaf;
  const type = getNamedType(field.type);
  const selections = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  const children = isCompositeType(type) ? compile(compiler, type, selections, depth + 1) : [];
  if (isIntrospectionType(type)) {
    if (!isList(field)) return { ...leaf, children };
    const items = name === 'types' ? typesIn(compiler.schema) : introspection.itemsOfType;
    return { ...leaf, typeWeight: introspection.itemWeight, sizeOf: () => items, children };
  }
  const size = listSizeOf(compiler, field);
  return {
    ...leaf,
    weight: weightOf(compiler.schema, field),
    typeWeight: typeWeightOf(compiler.schema, type),
    sizeOf: isList(field) || size ? sizeCounter(compiler, field, node, size) : undefined,
    sizedFields: size?.sizedFields ?? [],
    children,
  };
}

const typesIn = (schema: GraphQLSchema): number => Object.keys(schema.getTypeMap()).length;

const isList = ({ type }: GraphQLField<unknown, unknown>): boolean =>
  isListType(isNullableType(type) ? type : type.ofType);

function weightOf(
  schema: GraphQLSchema,
  bearer: Pick<GraphQLField<unknown, unknown> | GraphQLNamedType, 'astNode'>,
): number {
  const directive = schema.getDirective('cost');
  const values = directive && bearer.astNode && getDirectiveValues(directive, bearer.astNode);
  return Number(values?.weight ?? 0);
}

/** Of an interface or a union: that of its dearest member. */
const typeWeightOf = (schema: GraphQLSchema, type: GraphQLNamedType): number =>
  isAbstractType(type)
    ? Math.max(...schema.getPossibleTypes(type).map((member) => weightOf(schema, member)))
    : weightOf(schema, type);

interface ListSize {
  readonly assumedSize?: number;
  readonly slicingArguments?: readonly string[];
  readonly sizedFields?: readonly string[];
}

function listSizeOf(
  { schema }: Compiler,
  { astNode }: GraphQLField<unknown, unknown>,
): ListSize | undefined {
  const directive = schema.getDirective('listSize');
  return (directive && astNode && getDirectiveValues(directive, astNode)) ?? undefined;
}

/** How many items a call of this field may answer. */
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

/** Items that a slicing argument asks for, a page at the most; -1 where it says nothing. */
function itemsIn(value: unknown): number {
  if (value === null || value === undefined) return -1;
  if (typeof value === 'number') return Math.max(0, Math.min(value, maxPageSize)) || 0;
  return Array.isArray(value) ? Math.min(value.length, maxPageSize) : 1;
}

interface Sized {
  readonly fields: readonly string[];
  readonly size: number;
}

/** The most that the call can cost. */
export function requestedCost(plan: CostPlan, variables: Variables, sized?: Sized): number {
  let sum = 0;
  for (const node of plan) {
    const size = node.sizeOf?.(variables) ?? 1;
    const passedOn = node.sizedFields.length > 0 ? { fields: node.sizedFields, size } : undefined;
    const times = sized?.fields.includes(node.name) ? sized.size : passedOn ? 1 : size;
    const each = node.typeWeight + requestedCost(node.children, variables, passedOn);
    sum += node.weight + times * each;
  }
  return sum;
}

/** What the call cost, by the objects that are in its answer. */
export function actualCost(plan: CostPlan, data: unknown): number {
  if (typeof data !== 'object' || data === null) return 0;
  let sum = 0;
  for (const node of plan) {
    const value = (data as Readonly<Record<string, unknown>>)[node.key];
    // Of a union only the fields of the member that came are there.
    if (value === undefined) continue;
    sum += node.weight;
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== null) sum += node.typeWeight + actualCost(node.children, item);
    }
  }
  return sum;
}

/** Whole tokens of the key's bucket; nothing is free. */
export const toPrice = (cost: number): number => Math.max(1, Math.round(cost));
