import { z } from 'zod';
import { type PaymentsError, toPaymentsError } from '../core/errors.ts';
import { callNames } from '../core/operations.ts';
import { excerpt, validate } from '../core/validate.ts';
import { parseIdempotencyKey } from '../wire/idempotency-key.ts';
import { parseJson } from '../wire/strict-json.ts';

/** Name of this protocol in `Sec-WebSocket-Protocol`. */
export const subprotocol = 'payments.v1.json';

/** Chosen by the client; names a command until its response, or a subscription until its end. */
const id = z.string().min(1).max(64);
/** W3C Trace Context of this command. Defaults to that of the upgrade request. */
const traceparent = z.string().max(128).optional();

/** The frames that a client may send. The operation itself checks the input of a command. */
export const clientFrames = {
  hello: z.strictObject({
    type: z.literal('hello'),
    /** The API key. */
    key: z.string().max(255).optional(),
  }),
  call: z.compile(
    z.strictObject({
      id,
      type: z.literal('call'),
      operation: z.enum(callNames),
      input: z.unknown().optional(),
      /** Quoted or bare, as in the header of REST. */
      idempotencyKey: z.string().transform(parseIdempotencyKey).optional(),
      traceparent,
    }),
  ),
  /** All other fields are the input of the stream. */
  subscribe: z.looseObject({ id, type: z.literal('subscribe'), traceparent }),
  unsubscribe: z.strictObject({ id, type: z.literal('unsubscribe') }),
};

type FrameType = keyof typeof clientFrames;
export type FrameOf<Type extends FrameType> = z.infer<(typeof clientFrames)[Type]>;
export type ClientFrame = { readonly [Type in FrameType]: FrameOf<Type> }[FrameType];

/** A frame whose id allows a response, or a frame without one, which ends the connection. */
export type Received =
  | { readonly frame: ClientFrame }
  | { readonly id: string; readonly refused: unknown }
  | { readonly bad: string };

/** Reads one text message. Never throws. */
export function readFrame(text: string): Received {
  const { json, error } = parse(text);
  if (json === undefined) return { bad: error?.message ?? 'Expected JSON.' };
  if (typeof json !== 'object' || json === null || !('type' in json)) {
    return { bad: 'Expected a JSON object with a type.' };
  }
  const { type } = json;
  if (typeof type !== 'string' || !Object.hasOwn(clientFrames, type)) {
    const types = Object.keys(clientFrames);
    return { bad: `Expected a frame of type ${types.join(', ')}, got ${excerpt(type)}.` };
  }
  try {
    if (error) throw error;
    // `hasOwn` has just found the name, and its schema produces the frame of that name.
    return { frame: validate(clientFrames[type as FrameType], json) as ClientFrame };
  } catch (refused) {
    const given = id.safeParse('id' in json ? json.id : undefined);
    if (type === 'hello') return { bad: 'Expected a hello with a key.' };
    if (!given.success) return { bad: `Expected a ${type} with an id of 1 to 64 characters.` };
    return { id: given.data, refused };
  }
}

/**
 * The value, if the text is JSON, and its violation: a frame with a repeated name, or with a number
 * that cannot be kept, still has an id to respond to, unless the violation is in the id itself.
 */
function parse(text: string): { readonly json?: unknown; readonly error?: PaymentsError } {
  try {
    return { json: parseJson(text) };
  } catch (thrown) {
    const error = toPaymentsError(thrown);
    const [violation] = error.details.violations ?? [];
    const [field] = violation?.path ?? [];
    if (field === undefined || field === 'id' || field === 'type') return { error };
    return { json: JSON.parse(text), error };
  }
}
