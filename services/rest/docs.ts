import { type ErrorCode, errorCodes, isErrorCode, isRetryable, titleOf } from '../core/errors.ts';
import { httpStatus } from '../wire/problem.ts';

/** What to do about each code: the page that a problem's `type` links to. */
const remedies: Readonly<Record<ErrorCode, string>> = {
  validation_failed:
    'Each entry of `errors` points to one violation. Correct them all and send the request again.',
  unauthenticated: 'Send `Authorization: Bearer` and an API key that has not been revoked.',
  permission_denied: 'Use a key that has the scope named in `metadata.scope`.',
  not_found: 'Check the id and the key: a key reads only what belongs to its own merchant.',
  invalid_state: 'Read the resource; its `links` name what its state allows now.',
  version_mismatch: 'Read the resource again, and repeat the change with its current version.',
  precondition_required: 'Send `If-Match` with the ETag that was read last.',
  idempotency_key_missing: 'Send `Idempotency-Key` with a fresh random value, such as a UUID.',
  idempotency_key_reused: 'Use a new key for new input; repeat a key only with the same input.',
  idempotency_in_flight: 'Wait as long as `Retry-After` says and send the same request again.',
  card_declined: 'The issuer declined, and will again. Ask for another card.',
  insufficient_funds: 'Ask for another card, or for a smaller amount in a new payment.',
  card_expired: 'Ask for another card.',
  refund_exceeds_payment: 'Refund at most what `metadata.left` says.',
  rate_limited: 'Wait as long as `Retry-After` says; `RateLimit` says how many tokens are left.',
  query_too_costly: 'Ask for fewer items or fewer levels at once.',
  failed_dependency: 'Correct the items that failed, and send the whole batch again.',
  position_out_of_range:
    'The position is from another database or from before a restore: start at the newest event.',
  payload_too_large: 'Send or ask for less at once: `detail` says what the limit is.',
  unsupported_media_type: 'Send the body as `application/json`, or as what `metadata.accept` says.',
  not_acceptable: 'Accept `application/json`, or `application/protobuf` if the contract has it.',
  method_not_allowed: 'Use one of the methods that `Allow` names.',
  overloaded:
    'Nothing was done. Wait as long as `Retry-After` says and send the same request again.',
  processor_unavailable: 'Nothing was charged. Send the same request with the same key again.',
  timeout:
    'Whether it was charged is not known yet. Send the same request with the same key again.',
  internal: 'The server failed. Report the request id.',
};

const page = (title: string, body: string): string =>
  '<!doctype html><html lang="en"><meta charset="utf-8">' +
  `<title>${title}</title><body>${body}</body></html>\n`;

const code = (text: string): string => text.replace(/`([^`]+)`/g, '<code>$1</code>');

const retryOf = (of: ErrorCode): string =>
  isRetryable(of) ? 'may succeed when repeated' : 'fails again when repeated unchanged';

const pageOf = (of: ErrorCode): string =>
  page(
    `${of}: ${titleOf(of)}`,
    `<h1><code>${of}</code></h1>` +
      `<p>${titleOf(of)}. HTTP status ${httpStatus[of]}, ${retryOf(of)}.</p>` +
      `<p>${code(remedies[of])}</p><p><a href="/docs/errors">All error codes</a></p>`,
  );

const index = page(
  'Error codes',
  `<h1>Error codes</h1><ul>${errorCodes
    .map((of) => `<li><a href="/docs/errors/${of}"><code>${of}</code></a> ${titleOf(of)}</li>`)
    .join('')}</ul>`,
);

/** The page of one error code, or of all without a code; undefined if there is no such code. */
export const errorPage = (of: string | undefined): string | undefined =>
  of === undefined ? index : isErrorCode(of) ? pageOf(of) : undefined;
