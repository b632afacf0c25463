import { invalid, toPaymentsError, type Violation } from '../../core/errors.ts';
import { type InputOf, type OperationName, operations } from '../../core/operations.ts';
import { validate } from '../../core/validate.ts';
import type { Field } from './fields.ts';
import { methods } from './methods.ts';

/**
 * Encodes an input as a request message. Values that the message's types cannot express (half a
 * penny, an unknown status) never reach the server: they are refused here with the core's own
 * words.
 * @throws PaymentsError `validation_failed`
 */
export function encodeRequest<Name extends OperationName>(
  name: Name,
  input: InputOf<Name>,
  idempotencyKey?: string,
): object {
  const known: Readonly<Record<string, Field>> = methods[name].fields;
  const message: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(input)) {
    if (value === undefined) continue;
    const field = Object.hasOwn(known, key) ? known[key] : undefined;
    if (value === null && field?.nullable) continue;
    const said = field?.encode(value);
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
 * The inverse, for the server: makes a function that reads the messages of an operation. The room
 * reads the idempotency key in a message.
 * @throws PaymentsError `validation_failed` with the violations that core also reports, if a field
 *   holds a value that the input cannot express
 */
export function requestDecoder(name: OperationName): (message: object) => Record<string, unknown> {
  const fields = Object.entries<Field>(methods[name].fields).map(([key, field]) => ({
    key,
    field,
    nameInMessage: field.name ?? key,
  }));
  return (message) => {
    // A message has its fields under these names.
    const given = message as Readonly<Record<string, unknown>>;
    const violations: Violation[] = [];
    const input: Record<string, unknown> = {};
    for (const { key, field, nameInMessage } of fields) {
      const value = given[nameInMessage];
      if (value === undefined) continue;
      input[key] = field.decode ? field.decode(value, key, violations) : value;
    }
    if (violations.length > 0) throw invalid(...violationsOf(name, input), ...violations);
    return input;
  };
}

/** Returns the violations that core reports for an input. */
function violationsOf(name: OperationName, input: unknown): readonly Violation[] {
  try {
    validate(operations[name].input, input);
    return [];
  } catch (thrown) {
    return toPaymentsError(thrown).details.violations ?? [];
  }
}
