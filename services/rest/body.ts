import { invalid, PaymentsError } from '../core/errors.ts';
import { isPlain, parseMediaType } from '../wire/media-type.ts';
import { parseJson } from '../wire/strict-json.ts';
import { decodeUtf8 } from '../wire/utf8.ts';
import { isBinary, jsonType, protobufType } from './accept.ts';
import type { Incoming } from './caller.ts';

/** The largest body that this room reads, bytes. */
export const maxBodyBytes = 64 * 1024;

const tooLarge = (): PaymentsError =>
  new PaymentsError('payload_too_large', `Expected a body of at most ${maxBodyBytes} bytes.`, {
    metadata: { limitBytes: String(maxBodyBytes) },
  });

/**
 * The whole body. A body that says or turns out to be too large is not read to its end; the
 * adapter drains or cuts what is left, so that the answer arrives and the connection is not hung.
 */
export function readBytes(incoming: Incoming): Promise<Buffer> {
  const coding = incoming.headers['content-encoding'];
  if (coding !== undefined && !isIdentity(coding)) {
    return Promise.reject(encoded(coding.slice(0, 100)));
  }
  const declared = incoming.headers['content-length'];
  if (declared !== undefined && Number(declared) > maxBodyBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    let first: Buffer | undefined;
    let rest: Buffer[] | undefined;
    let length = 0;
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBodyBytes) {
        incoming.off('data', onData);
        incoming.pause();
        reject(tooLarge());
      } else if (first === undefined) first = chunk;
      else {
        rest ??= [first];
        rest.push(chunk);
      }
    };
    incoming.on('data', onData);
    incoming.on('end', () => resolve(rest ? Buffer.concat(rest) : (first ?? Buffer.alloc(0))));
    incoming.on('error', () => reject(cutShort()));
    incoming.on('close', () => reject(cutShort()));
  });
}

/** Nobody is left to read this; it only ends the call. */
const cutShort = (): PaymentsError =>
  invalid({ path: [], code: 'incomplete_body', message: 'expected the whole body' });

/** Whether the content codings, all of them, are none (RFC 9110 §8.4.1: of any case). */
const isIdentity = (codings: string): boolean =>
  codings.split(',').every((coding) => /^\s*(?:identity)?\s*$/i.test(coding));

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

/** RFC 9110 §8.4: a coding that the recipient does not know is one it cannot take away. */
const encoded = (coding: string): PaymentsError =>
  new PaymentsError(
    'unsupported_media_type',
    `Expected a body without a content coding, got ${coding}.`,
    { metadata: { acceptEncoding: 'identity' } },
  );

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
  const text = decodeUtf8(bytes);
  if (text === undefined) {
    throw invalid({ path: [], code: 'invalid_utf8', message: 'expected a body in UTF-8' });
  }
  return parseJson(text);
}
