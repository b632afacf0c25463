import { isOfType, jsonOf, readBytes, unsupportedType } from '../wire/http/body.ts';
import { isBinary, jsonType, protobufType } from './accept.ts';
import type { IncomingRequest } from './caller.ts';

/** Whether the body says that it is a message. */
export const isProtobuf = ({ headers }: IncomingRequest): boolean =>
  isOfType(headers['content-type'], protobufType, isBinary);

/**
 * The body as JSON; an empty object if there is no body.
 *
 * @param orMessage whether a message is accepted, too
 * @throws PaymentsError `unsupported_media_type`, `payload_too_large`, or `validation_failed` with
 *   the place where the text stops being JSON
 */
export async function readJson(incoming: IncomingRequest, orMessage: boolean): Promise<unknown> {
  const contentType = incoming.headers['content-type'];
  const offered = orMessage ? [jsonType, protobufType] : [jsonType];
  const isJson = isOfType(contentType, jsonType);
  if (contentType !== undefined && !isJson) throw unsupportedType(contentType, offered);
  const bytes = await readBytes(incoming);
  if (bytes.length === 0) return {};
  if (!isJson) throw unsupportedType(contentType, offered);
  return jsonOf(bytes);
}
