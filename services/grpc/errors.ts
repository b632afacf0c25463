import { type Metadata, type ServiceError, type StatusObject, status } from '@grpc/grpc-js';
import {
  describe,
  type ErrorCode,
  type ErrorDetails,
  invalid,
  isErrorCode,
  type Naming,
  PaymentsError,
  type Violation,
} from '../core/errors.ts';
import { toCamel, toSnake } from '../wire/names.ts';
import {
  captureMethod,
  eventType,
  paymentOrders,
  paymentStatus,
  scope,
} from '../wire/protobuf/enums.ts';
import { rpc } from './contract.ts';
import { cut, type FieldViolation, fitStatus } from './status-size.ts';
import { grpcStatusName } from './statuses.ts';

/** The gRPC status of a code. */
const grpcStatusOf = (code: ErrorCode): status => status[grpcStatusName[code]];

const domain = 'payments.fivewire.dev';
/** The ErrorInfo metadata entry that lists the fields with violations. */
const fieldsKey = 'fields';
const maxTextBytes = 512;
const maxValueBytes = 256;
export const detailsKey = 'grpc-status-details-bin';

/** Input fields whose names in the contract are not the core's in snake case. */
const fieldNames: Readonly<Record<string, string>> = {
  limit: 'page_size',
  cursor: 'page_token',
  sort: 'order_by',
  idempotencyKey: 'request_id',
};
const inputNames = Object.fromEntries(
  Object.entries(fieldNames).map(([input, field]) => [field, input]),
);

/**
 * Formats `['metadata', 'a b', 0]` as `metadata["a b"][0]`: dots for identifiers, else brackets.
 */
const fieldOf = (path: Violation['path']): string =>
  path
    .map((step, depth) => {
      if (typeof step === 'number') return `[${step}]`;
      if (depth === 0) return fieldNames[step] ?? toSnake(step);
      return /^[A-Za-z_]\w*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
    })
    .join('');

/** The values of the enum fields, as the contract has them. */
const options: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  captureMethod: captureMethod.names,
  scopes: scope.names,
  sort: paymentOrders,
  status: paymentStatus.names,
  types: eventType.names,
};

const naming: Naming = {
  field: fieldOf,
  option: ([field = ''], value) => options[field]?.[value] ?? value,
};

/** Codes whose message and metadata contain values of an enum. */
const enumOf: Partial<Record<ErrorCode, Readonly<Record<string, string>>>> = {
  permission_denied: scope.names,
  invalid_state: paymentStatus.names,
};

const renameWords = (text: string, names: Readonly<Record<string, string>>): string =>
  text.replace(/[\w:]+/g, (found) => (Object.hasOwn(names, found) ? names[found] : found) ?? found);

/** Replaces the core's words in a text by those of the contract. */
const inContractWords = (code: ErrorCode, text: string): string =>
  renameWords(text, enumOf[code] ?? {});

/** The inverse, for the client. */
const inCoreWords = (code: ErrorCode, text: string): string =>
  renameWords(
    text,
    Object.fromEntries(Object.entries(enumOf[code] ?? {}).map(([word, name]) => [name, word])),
  );

const fieldStep = /\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g;

const pathOf = (field: string): (string | number)[] =>
  [...field.matchAll(fieldStep)].map(([, index, quoted, name = ''], depth) => {
    if (index !== undefined) return Number(index);
    if (quoted !== undefined) return JSON.parse(quoted);
    return depth === 0 ? (inputNames[name] ?? toCamel(name)) : name;
  });

interface Detail {
  readonly type_url: string;
  readonly value: Buffer;
}

const detail = (type: string, value: Buffer): Detail => ({
  type_url: `type.googleapis.com/google.rpc.${type}`,
  value,
});

/** The details of an error, beside its violations. */
function encodeDetails(
  error: PaymentsError,
  message: string,
  violations: readonly Violation[],
): Detail[] {
  const { retryAfterMs } = error.details;
  const metadata = encodeMetadata(error, violations);
  const details = [
    detail(
      'ErrorInfo',
      rpc.ErrorInfo.serialize({ reason: error.code.toUpperCase(), domain, metadata }),
    ),
  ];
  if (error.code === 'invalid_state') {
    const violation = {
      type: 'STATE',
      subject: metadata.payment ?? '',
      description: cut(message, maxTextBytes),
    };
    const value = rpc.PreconditionFailure.serialize({ violations: [violation] });
    details.push(detail('PreconditionFailure', value));
  }
  if (error.code === 'rate_limited') {
    const violation = { subject: 'api_key', description: cut(message, maxTextBytes) };
    details.push(detail('QuotaFailure', rpc.QuotaFailure.serialize({ violations: [violation] })));
  }
  if (retryAfterMs !== undefined) {
    const seconds = Math.floor(retryAfterMs / 1000);
    const nanos = Math.round((retryAfterMs - seconds * 1000) * 1_000_000);
    details.push(detail('RetryInfo', rpc.RetryInfo.serialize({ retryDelay: { seconds, nanos } })));
  }
  return details;
}

/** Every dynamic part of the message (AIP-193), under names in snake case. */
function encodeMetadata(
  { code, details: { metadata = {} } }: PaymentsError,
  violations: readonly Violation[],
): Record<string, string> {
  const values = Object.entries(metadata).map(
    ([name, value]) => [toSnake(name), inContractWords(code, value)] as const,
  );
  const fields = violations.map(({ path }) => fieldOf(path) || 'input').join(', ');
  if (violations.length > 0) values.push([fieldsKey, fields]);
  return Object.fromEntries(values.map(([name, value]) => [name, cut(value, maxValueBytes)]));
}

const encodeViolation = ({ path, code, message }: Violation): FieldViolation => ({
  field: cut(fieldOf(path), maxTextBytes),
  description: cut(message, maxTextBytes),
  reason: code.toUpperCase(),
});

/**
 * Converts an error to a status with `google.rpc` details (AIP-193); adds the details to
 * `trailers`.
 *
 * @param code the status that gRPC's own rules require, if it differs from the error's
 */
export function encodeError(
  error: PaymentsError,
  trailers: Metadata,
  code: status = grpcStatusOf(error.code),
): StatusObject {
  const { message: words, violations = [] } = describe(error, naming);
  const text = inContractWords(error.code, words);
  const details = encodeDetails(error, text, violations);
  const { message, bytes } = fitStatus(
    { code, message: text, details },
    violations.map(encodeViolation),
    trailers,
  );
  trailers.set(detailsKey, bytes);
  return { code, details: message, metadata: trailers };
}

/** Statuses of grpc-js itself that mean one of our codes. */
const codeOfStatus: Partial<Record<status, ErrorCode>> = {
  [status.RESOURCE_EXHAUSTED]: 'payload_too_large',
  [status.DEADLINE_EXCEEDED]: 'timeout',
};

/** The error that a status reports; a plain Error if the server sent no response. */
export function decodeError(error: ServiceError, target: string): Error {
  const [bytes] = error.metadata.get(detailsKey);
  if (Buffer.isBuffer(bytes)) {
    const decoded = decodeStatus(bytes);
    if (decoded) return decoded;
  }
  const code = codeOfStatus[error.code];
  if (code !== undefined) return new PaymentsError(code, error.details);
  return new Error(
    `Expected an answer of the gRPC server at ${target}, got ${status[error.code]}: ${error.details}`,
    { cause: error },
  );
}

function decodeStatus(bytes: Buffer): PaymentsError | undefined {
  const { message, details: given } = rpc.Status.deserialize(bytes);
  let code: ErrorCode | undefined;
  const details: { -readonly [Key in keyof ErrorDetails]: ErrorDetails[Key] } = {};
  for (const { type_url: type, value } of given) {
    switch (type) {
      case 'type.googleapis.com/google.rpc.ErrorInfo': {
        const info = rpc.ErrorInfo.deserialize(value);
        const reason = info.reason.toLowerCase();
        if (info.domain === domain && isErrorCode(reason)) code = reason;
        const { [fieldsKey]: _named, ...values } = info.metadata;
        if (Object.keys(values).length > 0) details.metadata = values;
        break;
      }
      case 'type.googleapis.com/google.rpc.BadRequest':
        details.violations = rpc.BadRequest.deserialize(value).fieldViolations.map((violation) => ({
          path: pathOf(violation.field),
          code: violation.reason.toLowerCase(),
          message: violation.description,
        }));
        break;
      case 'type.googleapis.com/google.rpc.RetryInfo': {
        const { retryDelay } = rpc.RetryInfo.deserialize(value);
        if (retryDelay) {
          details.retryAfterMs = retryDelay.seconds * 1000 + retryDelay.nanos / 1_000_000;
        }
        break;
      }
    }
  }
  return code && decoded(code, message, details);
}

/** The error in the core's words, so that a caller sees the same on every wire. */
function decoded(code: ErrorCode, message: string, details: ErrorDetails): PaymentsError {
  const { violations, metadata } = details;
  const text = violations ? invalid(...violations).message : inCoreWords(code, message);
  if (!metadata) return new PaymentsError(code, text, details);
  const values = Object.entries(metadata).map(([name, value]) => [
    toCamel(name),
    inCoreWords(code, value),
  ]);
  return new PaymentsError(code, text, { ...details, metadata: Object.fromEntries(values) });
}
