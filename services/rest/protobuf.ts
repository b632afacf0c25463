import { invalid } from '../core/errors.ts';
import type { CallName, InputOf } from '../core/operations.ts';
import { message, requestMessage } from '../wire/protobuf/contract.ts';
import {
  decodeCreatePayment,
  decodeCustomer,
  decodeCustomerPage,
  decodeCustomers,
  decodePayment,
  decodePaymentPage,
  decodePayments,
  decodeRefund,
  decodeRefundPage,
  decodeRefundPages,
  encodeCustomer,
  encodeCustomerPage,
  encodeCustomers,
  encodePayment,
  encodePaymentPage,
  encodePayments,
  encodeRefund,
  encodeRefundPage,
  encodeRefundPages,
} from '../wire/protobuf/messages.ts';
import { encodeRequest } from '../wire/protobuf/request.ts';

/**
 * Messages of payments.v1 as this room's other representation (RFC 9996). Loaded when somebody
 * first asks for it: who speaks JSON pays nothing for the contract's proto files.
 */

/** Methods, not properties: a codec then fits where the output's type is not known. */
interface AnswerCodec<Output> {
  /** @param ids those that were asked for, where the answer has one result for each */
  encode(output: Output, ids: readonly string[]): Uint8Array<ArrayBuffer>;
  decode(bytes: Buffer): Output;
}

const codec = <Given, Read, Output>(
  {
    serialize,
    deserialize,
  }: { serialize(of: Given): Buffer<ArrayBuffer>; deserialize(bytes: Buffer): Read },
  encode: (output: Output, ids: readonly string[]) => Given,
  decode: (read: Read) => Output,
): AnswerCodec<Output> => ({
  encode: (output, ids) => serialize(encode(output, ids)),
  decode: (bytes) => decode(deserialize(bytes)),
});

/** What operations answer, by the message that says it. */
const answers = {
  Payment: codec(message('payments.v1.Payment'), encodePayment, decodePayment),
  BatchGetPaymentsResponse: codec(
    message('payments.v1.BatchGetPaymentsResponse'),
    encodePayments,
    decodePayments,
  ),
  ListPaymentsResponse: codec(
    message('payments.v1.ListPaymentsResponse'),
    encodePaymentPage,
    decodePaymentPage,
  ),
  Refund: codec(message('payments.v1.Refund'), encodeRefund, decodeRefund),
  ListRefundsResponse: codec(
    message('payments.v1.ListRefundsResponse'),
    encodeRefundPage,
    decodeRefundPage,
  ),
  BatchListRefundsResponse: codec(
    message('payments.v1.BatchListRefundsResponse'),
    encodeRefundPages,
    decodeRefundPages,
  ),
  Customer: codec(message('payments.v1.Customer'), encodeCustomer, decodeCustomer),
  BatchGetCustomersResponse: codec(
    message('payments.v1.BatchGetCustomersResponse'),
    encodeCustomers,
    decodeCustomers,
  ),
  ListCustomersResponse: codec(
    message('payments.v1.ListCustomersResponse'),
    encodeCustomerPage,
    decodeCustomerPage,
  ),
};

const requests = {
  CreatePaymentRequest: requestMessage('payments.v1.CreatePaymentRequest'),
  ConfirmPaymentRequest: requestMessage('payments.v1.ConfirmPaymentRequest'),
  CapturePaymentRequest: requestMessage('payments.v1.CapturePaymentRequest'),
  CancelPaymentRequest: requestMessage('payments.v1.CancelPaymentRequest'),
  CreateRefundRequest: requestMessage('payments.v1.CreateRefundRequest'),
  CreateCustomerRequest: requestMessage('payments.v1.CreateCustomerRequest'),
};

export type AnswerMessage = keyof typeof answers;
export type RequestMessage = keyof typeof requests;

/** The codec of what a route answers; which output its operation has, the table of routes knows. */
export const answerCodec = (name: AnswerMessage): AnswerCodec<unknown> => answers[name];

/**
 * The operation's input from a request message.
 *
 * @param key the idempotency key of the header, which the message may repeat and not contradict
 * @throws PaymentsError `validation_failed`
 */
export function decodeRequest(
  name: RequestMessage,
  bytes: Buffer,
  key: string | undefined,
): Record<string, unknown> {
  const request = requests[name].deserialize(bytes);
  const { requestId, ...input } = request;
  if (requestId !== '' && requestId !== key) {
    throw invalid({
      path: ['idempotencyKey'],
      code: 'conflict',
      message: `expected the key of request_id, got ${key === undefined ? 'no header' : 'another'}`,
    });
  }
  return 'captureMethod' in request ? decodeCreatePayment(request) : input;
}

/** The other direction, for the client. */
export const encodeBody = <Name extends CallName>(
  operation: Name,
  name: RequestMessage,
  input: InputOf<Name>,
): Uint8Array<ArrayBuffer> => requests[name].serialize(encodeRequest(operation, input));
