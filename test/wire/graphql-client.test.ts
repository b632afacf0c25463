import { expect, test } from 'vitest';
import {
  decodeEvent,
  decodeOutput,
  type GraphqlEvent,
} from '../../services/graphql/client-codecs.ts';

/** A client of an older contract at a newer server. */

const event: GraphqlEvent = {
  id: 'evt_1',
  sequence: 1,
  type: 'DISPUTE_OPENED',
  createdAt: '2026-01-31T12:00:00.000Z',
  // What a newer server sends.
  data: { __typename: 'Dispute', id: 'dp_1' } as never,
};

test('the client passes through an event of an unknown type or resource', () => {
  expect(decodeEvent(event)).toMatchObject({
    id: 'evt_1',
    type: 'DISPUTE_OPENED',
    data: { kind: 'unknown' },
  });
});

test('the client passes through an unknown status, capture method and scope', () => {
  const payment = { id: 'pay_1', status: 'DISPUTED', captureMethod: 'LATER', createdAt: '' };
  expect(decodeOutput.getPayment(payment, {})).toMatchObject({
    status: 'DISPUTED',
    captureMethod: 'LATER',
  });
  const key = { id: 'key_1', scopes: ['PAYMENTS_READ', 'DISPUTES_READ'], revokedAt: null };
  expect(decodeOutput.revokeKey(key, {})).toMatchObject({
    scopes: ['payments:read', 'DISPUTES_READ'],
  });
});
