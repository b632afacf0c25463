import type { z } from 'zod';
import { customerOperations } from './customers/operations.ts';
import { eventOperations } from './events/operations.ts';
import { keyOperations } from './merchants/operations.ts';
import type { ValueOf } from './output.ts';
import { paymentOperations } from './payments/operations.ts';
import { refundOperations } from './refunds/operations.ts';

/** Everything that this system can do. Rooms, contracts and tests read this table. */
export const operations = {
  ...paymentOperations,
  ...refundOperations,
  ...customerOperations,
  ...eventOperations,
  ...keyOperations,
} as const;

export type Operations = typeof operations;
export type OperationName = keyof Operations;
export type StreamName = {
  [Name in OperationName]: Operations[Name]['effect'] extends 'stream' ? Name : never;
}[OperationName];
/** Operations that return once. */
export type CallName = Exclude<OperationName, StreamName>;

/** Operations that return a page of a list. */
export type PageName = {
  [Name in CallName]: Operations[Name]['output']['shape'] extends 'page' ? Name : never;
}[CallName];

/** What a caller passes; fields with defaults are optional. */
export type InputOf<Name extends OperationName> = z.input<Operations[Name]['input']>;

/** What a call returns. */
export type OutputOf<Name extends CallName> = ValueOf<Operations[Name]['output']>;

/** The input of the operations that stream. */
export type WatchInput = InputOf<StreamName>;

export const callNames = Object.values(operations)
  .filter((operation) => operation.effect !== 'stream')
  .map((operation) => operation.name as CallName);

export const streamNames = Object.values(operations)
  .filter((operation) => operation.effect === 'stream')
  .map((operation) => operation.name);

const tableOf = <Name extends string, Row>(names: readonly Name[], row: (name: Name) => Row) =>
  // The keys are exactly the names; Object.fromEntries cannot say so.
  Object.fromEntries(names.map((name) => [name, row(name)])) as Readonly<Record<Name, Row>>;

/** A table with a row for each operation that returns once. */
export const perCall = <Row>(row: (name: CallName) => Row) => tableOf(callNames, row);

/** A table with a row for each operation that streams. */
export const perStream = <Row>(row: (name: StreamName) => Row) => tableOf(streamNames, row);

/** A table with a row for each operation of a map that returns once. */
export const perCallOf = <Name extends OperationName, Row>(
  map: Pick<Operations, Name>,
  row: (name: Extract<CallName, Name>) => Row,
) =>
  tableOf(
    callNames.filter((name): name is Extract<CallName, Name> => name in map),
    row,
  );
