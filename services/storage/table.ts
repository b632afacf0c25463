import type { Row, Value } from './query.ts';

/** Tables, described once: their readers and writers are compiled from the description. */

/** A property that is stored in one column. */
export interface Column<Property, Cell extends Value> {
  /** JSON is stored as text. */
  readonly kind: 'text' | 'integer' | 'bytes' | 'json';
  readonly isNullable: boolean;
  /** Never set; carries the types. A function, because neither may be narrower nor wider. */
  readonly property?: (property: Property) => Property;
  readonly cell?: Cell;
}

/** A property that is an object, each part of which has a column. */
export interface Group<Property, Parts> {
  readonly parts: Parts;
  /** Whether the property is null if the first of its cells is. */
  readonly isNullable: boolean;
  /** Never set; carries the type. */
  readonly type?: Property;
}

/** How each property of an item is stored. */
export type Columns<Item> = {
  readonly [Name in keyof Item]-?: Column<Item[Name], Value> | Group<Item[Name], object>;
};

type Described = Column<unknown, Value> | Group<unknown, object>;

const column = <Property, Cell extends Value>(
  kind: Column<Property, Cell>['kind'],
): Column<Property, Cell> => ({ kind, isNullable: false });

export const text = <Property extends string>() => column<Property, string>('text');
export const integer = () => column<number, number>('integer');
export const bytes = () => column<Uint8Array, Uint8Array>('bytes');
export const json = <Property>() => column<Property, string>('json');

export const nullable = <Property, Cell extends Value>({
  kind,
}: Column<Property, Cell>): Column<Property | null, Cell | null> => ({ kind, isNullable: true });

export const group = <Property, Parts extends Columns<Property>>(
  parts: Parts,
): Group<Property, Parts> => ({ parts, isNullable: false });

export const nullableGroup = <Property, Parts extends Columns<Property>>(
  parts: Parts,
): Group<Property | null, Parts> => ({ parts, isNullable: true });

/** The column name of a property: `amountCaptured` is `amount_captured`. */
type Snake<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${Snake<Rest>}`
  : '';

type NameOfPart<Described> = {
  [Name in keyof Described & string]: Described[Name] extends Group<unknown, infer Parts>
    ? `${Snake<Name>}_${Snake<keyof Parts & string>}`
    : never;
}[keyof Described & string];

type CellOf<Described> = Described extends Column<infer _Property, infer Cell> ? Cell : never;

/** A row by its column names, as queries see it. */
export type Cells<Described> = {
  -readonly [Name in keyof Described & string as [CellOf<Described[Name]>] extends [never]
    ? never
    : Snake<Name>]: CellOf<Described[Name]>;
} & { [Name in NameOfPart<Described>]: string | null };

const snake = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
const isGroup = (described: Described): described is Group<unknown, object> => 'parts' in described;

/** A column of a table, and the source of its cell. */
export interface CellOfTable {
  readonly name: string;
  /** Names of the properties that lead from an item to the value. */
  readonly path: readonly string[];
  readonly kind: Column<unknown, Value>['kind'];
  readonly isNullable: boolean;
}

/** The cells of a row, in the order in which `readerOf` expects them. */
export const cellsOf = (columns: object): readonly CellOfTable[] =>
  Object.entries(columns).flatMap(([name, described]: [string, Described]) =>
    isGroup(described)
      ? cellsOf(described.parts).map((part) => ({
          ...part,
          name: `${snake(name)}_${part.name}`,
          path: [name, ...part.path],
          isNullable: described.isNullable || part.isNullable,
        }))
      : [{ ...described, name: snake(name), path: [name] }],
  );
const namesOf = (columns: object): readonly string[] => cellsOf(columns).map(({ name }) => name);

/** Skips parsing of empty metadata, the usual case: parsing would cost a quarter of the read. */
const parse = (stored: string): unknown => (stored === '{}' ? {} : JSON.parse(stored));

/**
 * Compiles a function that makes items from rows. It is generated code with one object literal,
 * because building an item property by property takes fifteen times as long. All names in the code
 * come from the descriptions of tables, none from input.
 */
export function readerOf<Item>(columns: Columns<Item>): (row: Row) => Item {
  let cells = 0;
  function sourceOf(described: Described): string {
    const cell = `row[${cells}]`;
    if (isGroup(described)) {
      const literal = literalOf(described.parts);
      return described.isNullable ? `${cell} === null ? null : ${literal}` : literal;
    }
    cells += 1;
    if (described.kind !== 'json') return cell;
    return described.isNullable ? `${cell} === null ? null : parse(${cell})` : `parse(${cell})`;
  }
  const literalOf = (parts: object): string =>
    `{ ${Object.entries(parts).map(([name, described]) => `${name}: ${sourceOf(described)}`)} }`;
  return new Function('parse', `return (row) => (${literalOf(columns)})`)(parse);
}

/** Compiles a function that makes the cells of a row from an item and the table's other columns. */
function writerOf(own: object, others: object): (item: never, beside: never) => unknown {
  const sourcesOf = (columns: object, object: string) =>
    cellsOf(columns).map(({ name, path, kind, isNullable }) => {
      // All cells of a null group are null.
      const property = `${object}.${path.join('?.')}${path.length > 1 ? ' ?? null' : ''}`;
      if (kind !== 'json') return `${name}: ${property}`;
      const stored = `JSON.stringify(${property})`;
      return `${name}: ${isNullable ? `${property} === null ? null : ${stored}` : stored}`;
    });
  const cells = [...sourcesOf(own, 'item'), ...sourcesOf(others, 'beside')];
  return new Function('item', 'beside', `return { ${cells} }`) as ReturnType<typeof writerOf>;
}

type PropertiesOf<Described> = {
  readonly [Name in keyof Described]: Described[Name] extends Column<infer Property, infer _Cell>
    ? Property
    : never;
};

/** A table of items, with the columns of an item and the table's other columns. */
export interface Table<Item, Name extends string, Own, Others> {
  readonly name: Name;
  readonly own: Own;
  readonly others: Others;
  /** The columns of an item, in the order that `fromRow` expects. */
  readonly names: readonly (keyof Cells<Own> & string)[];
  readonly allNames: readonly (keyof Cells<Own & Others> & string)[];
  readonly fromRow: (row: Row) => Item;
  /** All cells of a row, by their column names. */
  readonly toRow: (item: Item, beside: PropertiesOf<Others>) => Cells<Own & Others>;
}

/** A table whose columns do not matter to the caller. */
export type AnyTable<Item> = Pick<Table<Item, string, unknown, unknown>, 'name' | 'fromRow'> & {
  readonly names: readonly string[];
  readonly allNames: readonly string[];
};

/** @param others columns that are not properties of an item, such as its merchant */
export const tableOf =
  <Item>() =>
  <const Name extends string, Own extends Columns<Item>, Others extends Columns<object>>(
    name: Name,
    own: Own,
    others: Others,
  ): Table<Item, Name, Own, Others> => ({
    name,
    own,
    others,
    // The types derive the same names from the description.
    names: namesOf(own) as readonly (keyof Cells<Own> & string)[],
    allNames: namesOf({ ...own, ...others }) as readonly (keyof Cells<Own & Others> & string)[],
    fromRow: readerOf<Item>(own),
    // The cells follow from the description like the names.
    toRow: writerOf(own, others) as Table<Item, Name, Own, Others>['toRow'],
  });

/** Tables by their names, for Kysely. */
export type TablesOf<Described> =
  Described extends Table<infer _Item, infer Name, infer Own, infer Others>
    ? { [_ in Name]: Cells<Own & Others> }
    : never;

/** Reads some properties of an item, which have a column each, from a whole row of it. */
export function partOf<Item, Name extends keyof Item & string>(
  table: AnyTable<Item>,
  names: readonly Name[],
): (row: Row) => Pick<Item, Name> {
  const cells = names.map((name) => `${name}: row[${table.names.indexOf(snake(name))}]`);
  // The properties are those that are named.
  return new Function('row', `return { ${cells} }`) as (row: Row) => Pick<Item, Name>;
}

/** Reads rows of one column. */
export const firstOf =
  <Property>(_column: Column<Property, Value>) =>
  (row: Row): Property =>
    // The query selects the column that is described.
    row[0] as Property;
