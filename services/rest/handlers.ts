import type { Core } from '../core/invoke.ts';
import {
  type CallName,
  type OperationName,
  type Operations,
  operations,
  perCallOf,
} from '../core/operations.ts';
import type { CallShape, Resources } from '../core/output.ts';
import type { Page } from '../core/page.ts';
import { outputs, resources } from '../wire/json.ts';
import { answerBatch, answerPage, answerRead, answerWrite, cacheControl } from './answer.ts';
import {
  type Handler,
  pick,
  type RestCall,
  readBody,
  readInput,
  type View,
  viewOf,
} from './call.ts';
import { admitExpanded } from './expand.ts';

/** What this room knows about a resource beside its JSON. */
export interface Representation<Resource> {
  /** Its URL; a resource without a URL cannot be read again. */
  urlOf?(resource: Resource): string;
  /** The entity tag of its JSON, if it is known without the JSON. */
  tagOf?(resource: Resource): string;
  /** How long it may be cached if nothing is expanded. Defaults to `cacheControl.changes`. */
  readonly cache?: string;
  /** Encodes resources with the others that `expanded` names. */
  expand?(
    core: Core,
    call: RestCall,
    items: readonly Resource[],
    expanded: ReadonlySet<string>,
  ): Promise<(resource: Resource) => object>;
}

interface Encoder {
  encode(value: unknown): object;
}

/** An operation and its encoder. Its output guarantees that their types are of one resource. */
interface Kit {
  readonly name: CallName;
  readonly output: Encoder;
  readonly item: Encoder;
  readonly representation: Representation<unknown>;
}

/** Encodes items as the view requests. */
const encoderOf = async (
  core: Core,
  call: RestCall,
  { item, representation }: Kit,
  items: readonly unknown[],
  view: View | undefined,
): Promise<(resource: unknown) => object> =>
  view?.expand.size && representation.expand
    ? representation.expand(core, call, items, view.expand)
    : item.encode;

const one =
  (kit: Kit): Handler =>
  async (core, call) => {
    const view = viewOf(call);
    if (view) await admitExpanded(core, call, view);
    const resource: unknown = await core.invoke(kit.name, call.caller, readInput(call));
    const { cache = cacheControl.changes, tagOf } = kit.representation;
    if (!view) {
      return answerRead(call, resource, kit.item.encode, { cache, tag: tagOf?.(resource) });
    }
    const encode = await encoderOf(core, call, kit, [resource], view);
    return answerRead(call, resource, () => pick(encode(resource), view), {
      // Expanded resources change.
      cache: view.expand.size > 0 ? cacheControl.changes : cache,
    });
  };

const page =
  (kit: Kit): Handler =>
  async (core, call) => {
    const view = viewOf(call);
    if (view) await admitExpanded(core, call, view);
    const input = readInput(call);
    const found = (await core.invoke(kit.name, call.caller, input)) as Page<unknown>;
    return answerPage(call, found, await encoderOf(core, call, kit, found.items, view), view);
  };

const batch =
  (kit: Kit): Handler =>
  async (core, call) => {
    const view = viewOf(call);
    if (view) await admitExpanded(core, call, view);
    const input = readInput(call);
    const found = (await core.invoke(kit.name, call.caller, input)) as readonly unknown[];
    const items = found.filter((item) => item !== null);
    return answerBatch(call, found, await encoderOf(core, call, kit, items, view), view);
  };

const list =
  ({ name, output }: Kit): Handler =>
  async (core, call) =>
    answerRead(call, await core.invoke(name, call.caller, readInput(call)), output.encode, {
      cache: cacheControl.changes,
    });

/**
 * A write that creates a resource names its URL; one that changes it returns what the URL now has.
 */
const write =
  ({ name, item, representation }: Kit): Handler =>
  async (core, call) => {
    const resource: unknown = await core.invoke(name, call.caller, await readBody(call));
    const { urlOf, tagOf } = representation;
    const isNew = operations[name].output.shape === 'created';
    return answerWrite(call, resource, item.encode, {
      [isNew ? 'location' : 'content']: urlOf?.(resource),
      tag: tagOf?.(resource),
    });
  };

const readers: Readonly<Record<CallShape, (kit: Kit) => Handler>> = {
  one,
  page,
  batch,
  list,
  created: write,
};

/** The three beats of an operation, which follow from its output. */
function handlerOf(name: CallName, representation: Representation<unknown>): Handler {
  const { effect, output } = operations[name];
  const kit = {
    name,
    output: outputs[name] as Encoder,
    item: resources[output.resource] as Encoder,
    representation,
  };
  return effect === 'write' ? write(kit) : readers[output.shape](kit);
}

type ResourceOf<Name extends OperationName> = Resources[Operations[Name]['output']['resource']];

/** The route handlers of a resource's operations. */
export const handlersOf = <Name extends OperationName>(
  map: Pick<Operations, Name>,
  representation: Representation<ResourceOf<Name>>,
) => perCallOf(map, (name) => handlerOf(name, representation as Representation<unknown>));
