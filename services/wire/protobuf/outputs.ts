import { type CallName, type OutputOf, operations, perCall } from '../../core/operations.ts';
import type { CallShape, Output, ResourceName, Shapes } from '../../core/output.ts';
import { type MessageCodec, type Messages, resources } from './messages.ts';

type PageMessage<Name extends string, Message> = {
  readonly [Field in `${Name}s`]: readonly Message[];
} & { readonly nextPageToken: string };

interface ShapeMessages<Name extends string, Message> {
  readonly one: Message;
  readonly created: Message;
  readonly page: PageMessage<Name, Message>;
  readonly batch: { readonly results: readonly { readonly found?: Message | null }[] };
  readonly list: { readonly payments: readonly PageMessage<Name, Message>[] };
  readonly stream: Message;
}

/** The message of an output, as it is read: with all of its fields. */
export type MessageOf<Declared extends Output> = {
  [Name in ResourceName]: ShapeMessages<Name, Messages[Name]>;
}[Declared['resource']][Declared['shape']];

type Wrap<Shape extends CallShape> = <Item>(
  of: MessageCodec<Item>,
  /** The field of a page that holds its items. */
  field: string,
) => MessageCodec<Shapes<Item>[Shape]>;

const itself = <Item>(of: MessageCodec<Item>): MessageCodec<Item> => of;

/** A page of a list; an empty token marks the last one (AIP-158). */
const pageOf: Wrap<'page'> = ({ encode, decode }, field) => ({
  encode: ({ items, nextCursor }) => ({
    [field]: items.map((item) => encode(item)),
    nextPageToken: nextCursor ?? '',
  }),
  decode: (message: { readonly nextPageToken: string; readonly [field: string]: unknown }) => ({
    // The contract uses this name for the items of a page.
    items: (message[field] as readonly object[]).map(decode),
    hasMore: message.nextPageToken !== '',
    nextCursor: message.nextPageToken === '' ? null : message.nextPageToken,
  }),
});

/** How each shape wraps the messages of its items. */
const shapes: { readonly [Shape in CallShape]: Wrap<Shape> } = {
  one: itself,
  created: itself,
  page: pageOf,
  batch: ({ encode, decode }) => ({
    encode: (items, ids) => ({
      results: items.map((item, at) =>
        item === null ? { missing: ids?.[at] ?? '' } : { found: encode(item) },
      ),
    }),
    decode: ({ results }: { readonly results: readonly { readonly found?: object | null }[] }) =>
      results.map(({ found }) => (found ? decode(found) : null)),
  }),
  // Lists are those of payments.
  list(of, field) {
    const { encode, decode } = pageOf(of, field);
    return {
      encode: (pages) => ({ payments: pages.map((page) => encode(page)) }),
      decode: ({ payments }: { readonly payments: readonly object[] }) => payments.map(decode),
    };
  },
};

function codecOf({ shape, resource }: Output<CallShape>): MessageCodec<unknown> {
  const wrap: Wrap<CallShape> = shapes[shape];
  const ofItem: MessageCodec<unknown> = resources[resource];
  return wrap(ofItem, `${resource}s`);
}

/**
 * The output of every operation as a message, and back. Each type is that of its declaration, which
 * a table that is made in a loop cannot express.
 */
export const outputs = perCall((name) => codecOf(operations[name].output)) as {
  readonly [Name in CallName]: MessageCodec<OutputOf<Name>>;
};
