import { invalid, toPaymentsError, type Violation } from '../../core/errors.ts';
import { type InputOf, type OperationName, operations } from '../../core/operations.ts';
import { maxPageSize } from '../../core/page.ts';
import { validate } from '../../core/validate.ts';
import {
  captureMethod,
  eventType,
  paymentOrders,
  paymentStatus,
  scope,
  type WireEnum,
} from './enums.ts';
import { encodeTime } from './timestamp.ts';

/** One input field as a field of a request message. */
interface Field {
  /** In the message; the input's own, where absent. */
  readonly name?: string;
  /** The value in the message; undefined where the type of the field cannot say it. */
  readonly say: (value: unknown) => unknown;
  /** Null is said by leaving the field out. */
  readonly nullable?: true;
}

export type Fields<Name extends OperationName> = {
  readonly [Key in keyof Required<InputOf<Name>>]: Field;
};

const when =
  <Value>(holds: (value: unknown) => value is Value) =>
  (value: unknown): Value | undefined =>
    holds(value) ? value : undefined;

/** Half of a surrogate pair has no form in UTF-8: protobufjs would send another character. */
const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.isWellFormed();
const isInt64 = (value: unknown): value is number => Number.isSafeInteger(value);
// `x | 0` is what a 32-bit field keeps of x.
const isInt32 = (value: unknown): value is number => isInt64(value) && (value | 0) === value;

const text: Field = { say: when(isText) };
const textOrNull: Field = { ...text, nullable: true };
const int64: Field = { say: when(isInt64) };
const int32: Field = { say: when(isInt32) };
const flag: Field = { say: when((value): value is boolean => typeof value === 'boolean') };
const texts: Field = {
  say: when((value): value is string[] => Array.isArray(value) && value.every(isText)),
};
const pairs: Field = {
  say: when(
    (value): value is Record<string, string> =>
      typeof value === 'object' && value !== null && Object.entries(value).flat().every(isText),
  ),
};
const time: Field = { say: (value) => (isInt64(value) ? encodeTime(value) : undefined) };

const nameIn = (names: Readonly<Record<string, string>>, value: unknown): string | undefined =>
  isText(value) && Object.hasOwn(names, value) ? names[value] : undefined;

const word = ({ names }: WireEnum<string, string>): Field => ({
  say: (value) => nameIn(names, value),
});
const words = ({ names }: WireEnum<string, string>): Field => ({
  say(value) {
    const said = Array.isArray(value) ? value.map((each) => nameIn(names, each)) : [undefined];
    return said.includes(undefined) ? undefined : said;
  },
});

// Zero and the empty text mean "not said" in these (AIP-158, AIP-132), so that they cannot be said.
// More than the maximum, which core refuses, would be taken for the maximum.
const limit: Field = {
  name: 'pageSize',
  say: (value) => (isInt32(value) && value !== 0 && value <= maxPageSize ? value : undefined),
};
const cursor: Field = { name: 'pageToken', say: (value) => (isText(value) && value) || undefined };
const sort: Field = { name: 'orderBy', say: (value) => nameIn(paymentOrders, value) };

/** The request fields of every operation that takes more than an id. */
export const fields: { readonly [Name in OperationName]: Fields<Name> } = {
  createPayment: {
    amount: int64,
    currency: text,
    customer: textOrNull,
    paymentMethod: text,
    captureMethod: word(captureMethod),
    confirm: flag,
    description: textOrNull,
    metadata: pairs,
  },
  getPayment: { id: text },
  getPaymentsByIds: { ids: texts },
  listPayments: {
    limit,
    cursor,
    status: word(paymentStatus),
    customer: text,
    createdFrom: time,
    createdBefore: time,
    amountMin: int64,
    amountMax: int64,
    sort,
  },
  confirmPayment: { id: text },
  capturePayment: { id: text, amount: int64 },
  cancelPayment: { id: text },
  refundPayment: { payment: text, amount: int64, reason: textOrNull },
  getRefund: { id: text },
  listRefunds: { limit, cursor, payment: text },
  getRefundsByPaymentIds: { payments: texts },
  createCustomer: { name: text, email: textOrNull, country: textOrNull, metadata: pairs },
  getCustomer: { id: text },
  getCustomersByIds: { ids: texts },
  listCustomers: { limit, cursor, email: text },
  listEvents: { limit, cursor, after: int64, types: words(eventType) },
  watchEvents: { after: int64, types: words(eventType) },
  createKey: { name: text, scopes: words(scope), ratePerSecond: int32, burst: int32 },
  revokeKey: { id: text },
};

/**
 * An input as a request message. What the message's types cannot say (half a penny, a status that
 * does not exist) never reaches the server: it is refused here with the core's own words.
 * @throws PaymentsError `validation_failed`
 */
export function encodeRequest<Name extends OperationName>(
  name: Name,
  input: InputOf<Name>,
  idempotencyKey?: string,
): object {
  const known: Readonly<Record<string, Field>> = fields[name];
  const message: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(input)) {
    if (value === undefined) continue;
    const field = Object.hasOwn(known, key) ? known[key] : undefined;
    if (value === null && field?.nullable) continue;
    const said = field?.say(value);
    if (field === undefined || said === undefined) throw unsayable(name, key, input);
    message[field.name ?? key] = said;
  }
  if (idempotencyKey !== undefined) message.requestId = idempotencyKey;
  return message;
}

function unsayable(name: OperationName, key: string, input: unknown): Error {
  validate(operations[name].input, input);
  const message = 'expected a value that its field in the message can carry, got another';
  return invalid({ path: [key], code: 'invalid_value', message });
}

/**
 * Refuses an input for what its message says wrongly, together with what core refuses of the rest.
 *
 * @param faults of fields that are left out of `input`
 * @throws PaymentsError `validation_failed` where there are faults
 */
export function requireNone(
  name: OperationName,
  input: unknown,
  faults: readonly Violation[],
): void {
  if (faults.length === 0) return;
  let others: readonly Violation[] = [];
  try {
    validate(operations[name].input, input);
  } catch (thrown) {
    others = toPaymentsError(thrown).details.violations ?? [];
  }
  throw invalid(...others, ...faults);
}
