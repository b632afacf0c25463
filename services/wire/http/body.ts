import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { invalid, PaymentsError } from '../../core/errors.ts';
import { parseJson } from '../strict-json.ts';
import { decodeUtf8 } from '../utf8.ts';
import { isPlain, type MediaType, parseMediaType } from './media-type.ts';

/** Maximum size of a body, bytes. */
export const maxBodyBytes = 64 * 1024;

const tooLarge = (): PaymentsError =>
  new PaymentsError('payload_too_large', `Expected a body of at most ${maxBodyBytes} bytes.`, {
    metadata: { limitBytes: String(maxBodyBytes) },
  });

/**
 * Whether a `Content-Type` is `name`.
 *
 * @param allows checks its parameters. Defaults to text in UTF-8.
 */
export function isOfType(
  contentType: string | undefined,
  name: string,
  allows: (type: MediaType) => boolean = isPlain,
): boolean {
  if (contentType === undefined) return false;
  if (contentType === name) return true;
  const type = parseMediaType(contentType);
  return type?.name === name && allows(type);
}

/** The content type of the body is not one of those offered. */
export const unsupportedType = (
  contentType: string | undefined,
  offered: readonly string[],
): PaymentsError =>
  new PaymentsError(
    'unsupported_media_type',
    `Expected a body of type ${offered.join(' or ')}, got ${contentType?.slice(0, 100) ?? 'none named'}.`,
    { metadata: { accept: offered.join(', ') } },
  );

/**
 * Reads the whole body, but stops if it is too large: the caller drains or cuts what is left.
 *
 * @throws PaymentsError `unsupported_media_type`, `payload_too_large`
 */
export function readBytes(incoming: IncomingMessage | Http2ServerRequest): Promise<Buffer> {
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
    incoming.on('close', () => {
      if (!incoming.readableEnded) reject(cutShort());
    });
  });
}

/**
 * Parses a JSON body.
 *
 * @throws PaymentsError `validation_failed`, with the position where the text stops being JSON
 */
export function jsonOf(bytes: Buffer): unknown {
  const text = decodeUtf8(bytes);
  if (text === undefined) {
    throw invalid({ path: [], code: 'invalid_utf8', message: 'expected a body in UTF-8' });
  }
  return parseJson(text);
}

/** Ends the call; its client is gone and does not read this. */
const cutShort = (): PaymentsError =>
  invalid({ path: [], code: 'incomplete_body', message: 'expected the whole body' });

/** Whether every content coding is `identity`, in any case (RFC 9110 §8.4.1). */
const isIdentity = (codings: string): boolean =>
  codings.split(',').every((coding) => /^\s*(?:identity)?\s*$/i.test(coding));

/** The body has a content coding, which this server does not decode (RFC 9110 §8.4). */
const encoded = (coding: string): PaymentsError =>
  new PaymentsError(
    'unsupported_media_type',
    `Expected a body without a content coding, got ${coding}.`,
    { metadata: { acceptEncoding: 'identity' } },
  );
