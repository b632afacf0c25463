import { expectedOneOf, invalid, type Violation } from '../core/errors.ts';
import type { Core } from '../core/invoke.ts';
import type { CallName } from '../core/operations.ts';
import { excerpt } from '../core/validate.ts';
import { readBytes } from '../wire/http/body.ts';
import { kindsOf, listOf, typed, type UrlQuery } from '../wire/http/query.ts';
import { decodeInput } from '../wire/json-input.ts';
import { isProtobuf, readJson } from './body.ts';
import type { IncomingRequest, RestCaller } from './caller.ts';
import { hasMessages, type Route, routes } from './routes.ts';

/** One request on its way through the room. */
export interface RestCall {
  readonly incoming: IncomingRequest;
  readonly route: Route;
  /** The request's path, without the query. */
  readonly path: string;
  /** The value of `{id}` in the path. */
  readonly id: string | undefined;
  readonly query: UrlQuery;
  readonly caller: RestCaller;
  /** The message of the response, if it is not JSON. */
  readonly toMessage: ((output: unknown) => Uint8Array<ArrayBuffer>) | undefined;
}

/** Decodes the call, invokes the core, encodes the response. */
export type Handler = (core: Core, call: RestCall) => Promise<Response>;

/** The wanted fields of a resource, and the resources to expand. */
export interface View {
  readonly expand: ReadonlySet<string>;
  /** Defaults to all. */
  readonly fields?: readonly string[];
}

const kinds = new Map(routes.map(({ operation }) => [operation, kindsOf(operation)]));

const kindOf = (operation: CallName, name: string) => kinds.get(operation)?.get(name);

/** Parameters that the room itself reads, on the routes that have them. */
const isOfView = (route: Route, name: string): boolean =>
  (name === 'expand' && route.expand !== undefined) ||
  (name === 'fields' && route.fields !== undefined);

const unknownField = (name: string): Violation => ({
  path: [name],
  code: 'unknown_field',
  message: 'unknown field',
});

/** Adds the path's id to `input`. A second id beside it is refused as an unknown field. */
function withId(call: RestCall, input: Record<string, unknown>): Record<string, unknown> {
  const { idField } = call.route;
  if (idField === undefined) return input;
  if (Object.hasOwn(input, idField)) throw invalid(unknownField(idField));
  input[idField] = call.id;
  return input;
}

/**
 * The operation's input from path and query. Unknown names stay in it, so that its schema refuses
 * them with all other violations.
 */
export function readInput(call: RestCall): unknown {
  const { query, route } = call;
  // Has no prototype, so that `__proto__` is a name like any other.
  const json: Record<string, unknown> = Object.create(null);
  for (const name in query) {
    const value = query[name];
    if (value === undefined || isOfView(route, name)) continue;
    // An empty batch is an empty list of ids.
    json[name] = route.when === name ? listOf(value) : typed(value, kindOf(route.operation, name));
  }
  // An object as input gives an object as output.
  return withId(call, decodeInput(json) as Record<string, unknown>);
}

/** The operation's input from path and body. The schema refuses what is not an object. */
export async function readBody(call: RestCall): Promise<unknown> {
  const unknown = Object.keys(call.query);
  if (unknown.length > 0) throw invalid(...unknown.map(unknownField));
  const { incoming, route } = call;
  const takesMessage = hasMessages(route);
  if (takesMessage && isProtobuf(incoming)) return readMessage(call);
  const input = decodeInput(await readJson(incoming, takesMessage));
  return typeof input === 'object' && input !== null && !Array.isArray(input)
    ? // Neither null nor a list, so an object with text keys.
      withId(call, input as Record<string, unknown>)
    : input;
}

let protobuf: typeof import('./protobuf.ts') | undefined;

/** The room's messages, loaded at the first use; calling `import` again would take 3 µs. */
export async function loadProtobuf(): Promise<typeof import('./protobuf.ts')> {
  protobuf ??= await import('./protobuf.ts');
  return protobuf;
}

/** The operation's input from path and message. */
async function readMessage(call: RestCall): Promise<unknown> {
  const bytes = await readBytes(call.incoming);
  const { decodeBody } = await loadProtobuf();
  const { operation, idField = '' } = call.route;
  const input = decodeBody(operation, bytes, call.caller.idempotencyKey);
  // In JSON only the path names the resource; a message has a field for it, which must agree.
  const named = input[idField];
  if (named !== '' && named !== call.id && Object.hasOwn(input, idField)) {
    throw invalid({
      path: [idField],
      code: 'conflict',
      message: `expected none or the id in the path, got ${excerpt(named)}`,
    });
  }
  delete input[idField];
  return withId(call, input);
}

/** Reads `?expand=` and `?fields=`; undefined if neither is given. @throws `validation_failed` */
export function viewOf({ query, route }: RestCall): View | undefined {
  const { expand, fields } = query;
  if (expand === undefined && fields === undefined) return undefined;
  const wantedExpansions =
    route.expand && expand !== undefined
      ? known('expand', listOf(expand), Object.keys(route.expand))
      : [];
  const wantedFields =
    route.fields && fields !== undefined
      ? known('fields', listOf(fields), route.fields)
      : undefined;
  return {
    expand: new Set(wantedExpansions.flatMap((name) => [name.split('.')[0] ?? name, name])),
    ...(wantedFields && { fields: wantedFields }),
  };
}

/**
 * @throws PaymentsError if the list is empty, has an unknown name, or more names than are allowed:
 *   it is repeated in the links of a page, and so in headers
 */
function known(parameter: string, names: string[], allowed: readonly string[]): string[] {
  if (names.length > allowed.length) {
    const message = `expected at most ${allowed.length} names, got ${names.length}`;
    throw invalid({ path: [parameter], code: 'too_big', message });
  }
  const wrong =
    names.find((name) => !allowed.includes(name)) ?? (names.length === 0 ? '' : undefined);
  if (wrong === undefined) return names;
  const got = excerpt(wrong);
  throw invalid({
    path: [parameter],
    code: 'invalid_value',
    message: expectedOneOf(allowed, got),
    options: allowed,
    got,
  });
}

/** Picks the fields that the view names, and whatever was expanded. */
export function pick(json: object, view: View): Record<string, unknown> {
  const { fields, expand } = view;
  return Object.fromEntries(
    Object.entries(json).filter(
      ([name]) => fields === undefined || fields.includes(name) || expand.has(name),
    ),
  );
}
