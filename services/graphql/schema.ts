import { readFileSync } from 'node:fs';
import { GraphQLScalarType, type GraphQLSchema, Kind, valueFromASTUntyped } from 'graphql';
import { createSchema } from 'graphql-yoga';
import { eventTypes } from '../core/events/event.ts';
import { scopes } from '../core/merchants/merchant.ts';
import { captureMethods, paymentStatuses } from '../core/payments/payment.ts';
import { isKept } from '../wire/strict-json.ts';
import { parseTime, timeJson } from '../wire/time.ts';
import { customerResolvers } from './customers.ts';
import { enumValues, sortNames } from './enums.ts';
import { eventResolvers } from './events.ts';
import { keyResolvers } from './keys.ts';
import { nodeResolvers } from './node.ts';
import { paymentResolvers } from './payments.ts';
import { refundResolvers } from './refunds.ts';

const sdl = readFileSync(new URL('../../schema/payments.graphql', import.meta.url), 'utf8');

/**
 * A scalar that takes any input unchanged: the operation checks it together with all other fields,
 * so that all violations are reported at once and by one rule on all wires.
 */
const judgedByOperation = (name: string) =>
  new GraphQLScalarType({
    name,
    parseValue: (value) => value,
    // A number that a double would alter stays text, which no operation takes.
    parseLiteral: (node, variables) =>
      (node.kind === Kind.INT || node.kind === Kind.FLOAT) && !isKept(node.value)
        ? node.value
        : valueFromASTUntyped(node, variables),
  });

/** Milliseconds in core, text on the wire. The operation refuses what is not a time. */
const dateTime = new GraphQLScalarType({
  name: 'DateTime',
  // A time in core is a number.
  coerceOutputValue: (ms) => timeJson(ms as number),
  coerceInputValue(text) {
    if (typeof text === 'string') return parseTime(text) ?? text;
    // Never a number, because that is a time in core.
    return typeof text === 'number' ? String(text) : text;
  },
});

const named = (values: readonly string[]) => Object.fromEntries(enumValues(values));

/** The schema of `schema/payments.graphql`, executable. Resolvers expect a `GraphqlContext`. */
export const createPaymentsSchema = (): GraphQLSchema =>
  createSchema({
    typeDefs: sdl,
    resolvers: [
      {
        MinorUnits: judgedByOperation('MinorUnits'),
        Currency: judgedByOperation('Currency'),
        Metadata: judgedByOperation('Metadata'),
        Sequence: judgedByOperation('Sequence'),
        DateTime: dateTime,
        PaymentStatus: named(paymentStatuses),
        CaptureMethod: named(captureMethods),
        PaymentSort: sortNames,
        EventType: named(eventTypes),
        Scope: named(scopes),
      },
      nodeResolvers,
      paymentResolvers,
      refundResolvers,
      customerResolvers,
      eventResolvers,
      keyResolvers,
    ],
  });
