import type { Wire } from '../../config.ts';
import { type OperationName, operations } from '../../core/operations.ts';
import { declaration, type Excerpt, entry, excerptOf, rowWith } from './source.ts';

/** Which pieces of the source an operation goes through, in the core and on each wire. */

/** `screen` is several operations at once. */
export type ComparedName = OperationName | 'screen';

/** A piece that was looked for; `missing` says which. */
export type Found = { readonly excerpt: Excerpt } | { readonly missing: string };

type Place = readonly [file: string, what: string, find: Parameters<typeof excerptOf>[1]];

const found = ([file, what, find]: Place): Found => {
  const excerpt = excerptOf(file, find);
  return excerpt ? { excerpt } : { missing: `${what} in ${file}` };
};

const declared = (file: string, name: string): Place => [file, name, declaration(name)];
const property = (file: string, name: string, after?: RegExp): Place => [
  file,
  name,
  entry(name, after),
];

/** The files and maps of a resource: `payments`, and `paymentHandlers`. */
function resourceOf(name: OperationName): { readonly file: string; readonly handlers: string } {
  const { resource } = operations[name].output;
  const of = resource === 'createdKey' ? 'key' : resource;
  return { file: `${of}s`, handlers: `${of}Handlers` };
}

const coreFolder = (file: string): string => (file === 'keys' ? 'merchants' : file);

/** The field of Query or Mutation that a document of the client selects. */
function graphqlField(name: OperationName): string {
  const document = excerptOf('services/graphql/documents.ts', entry(name))?.lines.join('\n') ?? '';
  return /result: (\w+)\(/.exec(document)?.[1] ?? name;
}

const restWrappers = { one: 'one', page: 'page', batch: 'batch', list: 'list', created: 'write' };

function restPlaces(name: OperationName): Place[] {
  const { file, handlers } = resourceOf(name);
  const { effect, output } = operations[name];
  const own = declared(`services/rest/${file}.ts`, name);
  const isOwn = excerptOf(own[0], own[2]) !== undefined;
  const shape = output.shape as keyof typeof restWrappers;
  const wrapper = effect === 'write' ? 'write' : restWrappers[shape];
  return [
    ['services/rest/routes.ts', `route of ${name}`, rowWith(`operation: '${name}'`)],
    isOwn ? own : declared(`services/rest/${file}.ts`, handlers),
    ...(isOwn ? [] : [declared('services/rest/handlers.ts', wrapper)]),
  ];
}

function grpcPlaces(name: OperationName): Place[] {
  const { file, handlers } = resourceOf(name);
  const method = property('services/wire/protobuf/methods.ts', name, /^export const methods/);
  if (operations[name].effect === 'stream') {
    return [method, declared('services/grpc/events.ts', 'serveStream')];
  }
  return [
    method,
    declared(`services/grpc/${file}.ts`, handlers),
    declared('services/grpc/unary.ts', 'handlerOf'),
  ];
}

/** What a resolver is made by, as its line says. */
const resolverMakers: readonly (readonly [text: RegExp, file: string, name: string])[] = [
  [/connection\(|^payments,$/, 'services/graphql/connection.ts', 'connection'],
  [/\bread,$/, 'services/graphql/context.ts', 'byId'],
];

function graphqlPlaces(name: OperationName): Place[] {
  const { file } = resourceOf(name);
  const field = graphqlField(name);
  const room = `services/graphql/${file}.ts`;
  if (operations[name].effect === 'stream') {
    return [
      property('schema/payments.graphql', 'events', /^type Subscription/),
      property(room, 'Subscription'),
      declared(room, 'watch'),
    ];
  }
  if (operations[name].effect === 'write') {
    return [
      property('schema/payments.graphql', name, /^type Mutation/),
      [`services/graphql/${file}.ts`, 'mutationsOf', rowWith('mutationsOf(')],
      declared('services/graphql/mutation.ts', 'mutation'),
    ];
  }
  const resolver: Place = [room, field, (lines) => entryOrShorthand(field)(lines)];
  const text = excerptOf(room, resolver[2])?.lines.join('\n') ?? '';
  const maker = resolverMakers.find(([pattern]) => pattern.test(text));
  return [
    property('schema/payments.graphql', field, /^type Query/),
    resolver,
    ...(maker ? [declared(maker[1], maker[2])] : []),
  ];
}

/** `payments: …`, or `payments,` where a constant has the name. */
const entryOrShorthand =
  (name: string): Place[2] =>
  (lines) => {
    const at = lines.indexOf(`    ${name},`);
    return at < 0 ? entry(name, /^ {2}Query: \{/)(lines) : [at, at + 1];
  };

function websocketPlaces(name: OperationName): Place[] {
  const { file, handlers } = resourceOf(name);
  if (operations[name].effect === 'stream') {
    return [declared('services/websocket/events.ts', 'serveEvents')];
  }
  return [
    declared(`services/websocket/${file}.ts`, handlers),
    declared('services/websocket/calls.ts', 'handlerOf'),
    declared('services/websocket/calls.ts', 'resultFrame'),
  ];
}

const placesOf: Readonly<Record<Wire, (name: OperationName) => Place[]>> = {
  rest: restPlaces,
  grpc: grpcPlaces,
  graphql: graphqlPlaces,
  sse: () => [
    declared('services/sse/events.ts', 'decodeWatch'),
    declared('services/sse/events.ts', 'writeEvents'),
  ],
  websocket: websocketPlaces,
};

const byBatch: readonly Place[] = [declared('bench/scenarios/screen.ts', 'screenByBatch')];

const screenPlaces: Readonly<Record<Wire, readonly Place[]>> = {
  rest: [
    declared('services/rest/customers.ts', 'expandCustomers'),
    declared('services/rest/customers.ts', 'paymentsOf'),
    declared('services/rest/payments.ts', 'expandPayments'),
  ],
  grpc: byBatch,
  graphql: [
    property('services/graphql/customers.ts', 'Customer'),
    property('services/graphql/payments.ts', 'refunds', /^ {2}Payment: \{/),
    declared('services/graphql/loaders.ts', 'createLoaders'),
  ],
  sse: [],
  websocket: byBatch,
};

/** The code of one wire for an operation. */
export const wireExcerpts = (name: ComparedName, wire: Wire): Found[] =>
  (name === 'screen' ? screenPlaces[wire] : placesOf[wire](name)).map(found);

/** The operation itself, which every wire calls; a screen has none. */
export function coreExcerpt(name: ComparedName): Found | undefined {
  if (name === 'screen') return undefined;
  const folder = coreFolder(resourceOf(name).file);
  return found(declared(`services/core/${folder}/operations.ts`, name));
}
