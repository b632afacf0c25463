import { PaymentsError } from '../core/errors.ts';
import { jsonOf, readBytes } from '../wire/http/body.ts';
import { isPlain, parseMediaType } from '../wire/http/media-type.ts';
import { isBinary, jsonType, protobufType } from './accept.ts';
import type { Incoming } from './caller.ts';

/** Whether the body says that it is JSON; a charset other than UTF-8 has no meaning for it. */
function isJson(contentType: string): boolean {
  if (contentType === jsonType) return true;
  const type = parseMediaType(contentType);
  return type?.name === jsonType && isPlain(type);
}

/** Whether the body says that it is a message. */
export function isProtobuf({ headers }: Incoming): boolean {
  const contentType = headers['content-type'];
  if (contentType === undefined || contentType === jsonType) return false;
  const type = parseMediaType(contentType);
  return type?.name === protobufType && isBinary(type);
}

function unsupported(contentType: string | undefined, orMessage: boolean): PaymentsError {
  const accept = orMessage ? `${jsonType}, ${protobufType}` : jsonType;
  const got = contentType?.slice(0, 100) ?? 'none named';
  return new PaymentsError(
    'unsupported_media_type',
    `Expected a body of type ${accept.replace(', ', ' or ')}, got ${got}.`,
    { metadata: { accept } },
  );
}

/**
 * The body as JSON; an empty object where there is no body.
 *
 * @param orMessage whether a message would have been taken, too
 * @throws PaymentsError `unsupported_media_type`, `payload_too_large`, or `validation_failed` with
 *   the place where the text stops being JSON
 */
export async function readJson(incoming: Incoming, orMessage: boolean): Promise<unknown> {
  const contentType = incoming.headers['content-type'];
  if (contentType !== undefined && !isJson(contentType)) throw unsupported(contentType, orMessage);
  const bytes = await readBytes(incoming);
  if (bytes.length === 0) return {};
  if (contentType === undefined) throw unsupported(contentType, orMessage);
  return jsonOf(bytes);
}
