import { STATUS_CODES } from 'node:http';
import { type ErrorCode, errorCodes, isRetryable, PaymentsError, titleOf } from '../core/errors.ts';
import { answeredBy, documentCodes } from '../graphql/failures.ts';
import { grpcStatusName } from '../grpc/statuses.ts';
import { closeCode } from '../wire/close-codes.ts';
import { encodeProblem, httpStatus } from '../wire/problem.ts';
import { escaped, htmlPage, layOut, prose, type WebPage } from './page.ts';

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
  card_declined: 'The issuer declined the card, and would decline it again. Ask for another card.',
  insufficient_funds: 'Ask for another card, or for a smaller amount in a new payment.',
  card_expired: 'Ask for another card.',
  refund_exceeds_payment: 'Refund at most what `metadata.left` says.',
  rate_limited: 'Wait as long as `Retry-After` says. `RateLimit` says how many tokens are left.',
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
    'It is not known yet whether the card was charged. Send the same request with the same key again.',
  internal: 'The server failed. Report the request id.',
};

const retryOf = (of: ErrorCode): string =>
  isRetryable(of)
    ? 'The same request may succeed later.'
    : 'The same request fails again if it is repeated unchanged.';

const statusOf = (of: ErrorCode): string => `${httpStatus[of]} ${STATUS_CODES[httpStatus[of]]}`;

/** The status over HTTP if nothing of the document ran. */
const graphqlStatus = (of: ErrorCode): number => (documentCodes.has(of) ? 400 : httpStatus[of]);

/** How GraphQL reports a code, as short as a table needs. */
function graphqlShort(of: ErrorCode): string {
  const by = answeredBy[of];
  return by === 'errors' ? `\`errors\`, ${graphqlStatus(of)}` : `\`${by}\``;
}

function graphqlLong(of: ErrorCode): string {
  const by = answeredBy[of];
  const inErrors = `\`errors[].extensions.code\` is \`${of}\`; HTTP status ${graphqlStatus(of)} if nothing of the document ran`;
  if (by === 'errors') return `${inErrors}.`;
  const elsewhere =
    of === 'not_found' ? 'A field that reads it is `null`.' : `Elsewhere ${inErrors}.`;
  return `A mutation returns the type \`${by}\`, whose \`code\` is \`${of}\`. ${elsewhere}`;
}

/** How each wire reports a code, in a sentence. */
const forms: readonly (readonly [wire: string, say: (of: ErrorCode) => string])[] = [
  ['REST', (of) => `Status \`${statusOf(of)}\` with a problem object (RFC 9457).`],
  [
    'gRPC',
    (of) =>
      `Status \`${grpcStatusName[of]}\`, with an \`ErrorInfo\` whose reason is \`${of.toUpperCase()}\`.`,
  ],
  ['GraphQL', graphqlLong],
  [
    'SSE',
    () =>
      'As REST, before the stream begins. After that: `event: error` with the problem object as data, and the end.',
  ],
  [
    'WebSocket',
    (of) =>
      `A frame of type \`error\` with the problem object. If it ends the connection: close code \`${closeCode[of]}\`.`,
  ],
];

const heads = ['Code', 'REST, SSE', 'gRPC', 'GraphQL', 'WebSocket', 'Retry may help'] as const;

function row(of: ErrorCode): string {
  const cells = [
    String(httpStatus[of]),
    `<code>${grpcStatusName[of]}</code>`,
    prose(graphqlShort(of)),
    String(closeCode[of]),
    isRetryable(of) ? 'yes' : 'no',
  ].map((cell, at) => `<td data-of="${heads[at + 1]}"><span>${cell}</span></td>`);
  const name = `<a href="/docs/errors/${of}"><code>${of}</code></a><small>${titleOf(of)}</small>`;
  return `<tr><th scope="row">${name}</th>${cells.join('')}</tr>`;
}

const index = (): string => `<h1>Errors</h1>
<p class="lead">${prose('Every wire reports the same codes, each in its own form. GraphQL reports a code by a type of the result, or in `errors`; the number is the HTTP status if nothing of the document ran. WebSocket sends the problem object in a frame; the number is the close code if the connection ends with it.')}</p>
<div class="scroll" tabindex="0" role="region" aria-label="All error codes"><table><thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead>
<tbody>${errorCodes.map(row).join('\n')}</tbody></table></div>`;

function example(of: ErrorCode): string {
  const error = new PaymentsError(of, `${titleOf(of)}.`);
  const problem = encodeProblem(error, { requestId: 'req_1', instance: '/v1/payments' });
  return escaped(JSON.stringify(problem, null, 2));
}

const detail = (of: ErrorCode): string => `<h1><code>${of}</code></h1>
<p class="lead">${titleOf(of)}. ${retryOf(of)}</p>
<h2>What to do</h2><p>${prose(remedies[of])}</p>
<h2>On each wire</h2>
<dl>${forms.map(([wire, say]) => `<dt>${wire}</dt><dd>${prose(say(of))}</dd>`).join('')}</dl>
<h2>The problem object</h2><pre tabindex="0"><code>${example(of)}</code></pre>
<p><a href="/docs/errors">All error codes</a></p>`;

/** The page of one error code, or of all. */
export function errorPage(of?: ErrorCode): WebPage {
  const title = of === undefined ? 'Errors' : `${of}: ${titleOf(of)}`;
  const main = of === undefined ? index() : detail(of);
  const html = layOut({ title: `${title} · Fivewire`, at: '/docs/errors', main });
  return htmlPage(html, { kept: 'minutes' });
}
