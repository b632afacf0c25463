import type { Event, EventResources } from './events/event.ts';
import type { ApiKey, CreatedKey } from './merchants/merchant.ts';
import type { Page } from './page.ts';

/** What operations return, by name. Every wire has one codec and one schema for each. */
export interface Resources extends EventResources {
  readonly event: Event;
  readonly key: ApiKey;
  /** A key with its secret, which is returned only once. */
  readonly createdKey: CreatedKey;
}

export type ResourceName = keyof Resources;

/** How many of a resource an operation returns, and how they are wrapped. */
export interface Shapes<Item> {
  readonly one: Item;
  /** The one that the operation created. */
  readonly created: Item;
  /** One page of a list. */
  readonly page: Page<Item>;
  /** One item for each id of the input; null for an id that is not found. */
  readonly batch: readonly (Item | null)[];
  /** The first page of a list for each id of the input. */
  readonly list: readonly Page<Item>[];
  /** Items as they come. */
  readonly stream: AsyncIterable<Item>;
}

export type Shape = keyof Shapes<unknown>;
/** The shapes of what is returned at once. */
export type CallShape = Exclude<Shape, 'stream'>;

/**
 * The output of an operation, as data: contracts, codecs and the type that `run` must return are
 * looked up from it.
 */
export interface Output<
  OfShape extends Shape = Shape,
  OfResource extends ResourceName = ResourceName,
> {
  readonly shape: OfShape;
  readonly resource: OfResource;
}

/** What an operation with this output returns. */
export type ValueOf<Declared extends Output> = Shapes<
  Resources[Declared['resource']]
>[Declared['shape']];

const shaped =
  <const OfShape extends Shape>(shape: OfShape) =>
  <const Name extends ResourceName>(resource: Name): Output<OfShape, Name> => ({ shape, resource });

export const one = shaped('one');
export const created = shaped('created');
export const page = shaped('page');
export const batch = shaped('batch');
export const list = shaped('list');
export const stream = shaped('stream');
