import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { settleDue } from '../core/background.ts';
import { type ErrorCode, PaymentsError } from '../core/errors.ts';
import { createIds, type NewId } from '../core/ids.ts';
import { type Core, createCore } from '../core/invoke.ts';
import type { CallName, InputOf, OutputOf, PageName } from '../core/operations.ts';
import type { Ports } from '../core/ports.ts';

const pageSize = 100;
/** Longer than a payment stays open when the card network's response is lost. */
const settlementMs = 60_000;
const random40 = () => randomInt(2 ** 40);

/** The core's ports without those that the importer replaces: its clock shows the file's time. */
export type ImportPorts = Omit<Ports, 'clock' | 'newId' | 'observe'>;

/** Calls of the core at a time of the caller's choice. */
export interface ImportCalls {
  /** @returns the operation's output, or the error if it concerns this row alone */
  write<Name extends CallName>(
    name: Name,
    at: number,
    idempotencyKey: string,
    input: InputOf<Name>,
  ): Promise<OutputOf<Name> | PaymentsError>;
  read<Name extends CallName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>>;
}

/** Errors that concern a single row; any other failure ends the import. */
const refusals: ReadonlySet<ErrorCode> = new Set([
  'validation_failed',
  'not_found',
  'invalid_state',
  'idempotency_key_reused',
  'card_declined',
  'refund_exceeds_payment',
]);

function refusalOf(error: unknown): PaymentsError {
  if (error instanceof PaymentsError && refusals.has(error.code)) return error;
  throw error;
}

export async function openCalls(ports: ImportPorts, key: string): Promise<ImportCalls> {
  const newId = idsByKind();
  const session = await coreAt(ports, newId, Date.now()).authenticate({
    credential: key,
    requestId: 'import',
  });
  const call = <Name extends CallName>(
    name: Name,
    at: number,
    idempotencyKey: string | undefined,
    input: InputOf<Name>,
  ) =>
    withinRate(() =>
      coreAt(ports, newId, at).invoke(
        name,
        { session, idempotencyKey, requestId: idempotencyKey ?? 'import' },
        input,
      ),
    );
  return {
    write: (name, at, idempotencyKey, input) =>
      call(name, at, idempotencyKey, input).catch(refusalOf),
    read: (name, input) => call(name, Date.now(), undefined, input),
  };
}

/** A core whose clock stands still, so that all it writes has the time `at`. */
const coreAt = (ports: ImportPorts, newId: NewId, at: number): Core =>
  createCore({ ...ports, newId, clock: { now: () => at } });

/** Each kind has its own generator, so that an id contains the time of its resource. */
function idsByKind(): NewId {
  const generators: Partial<Record<Parameters<NewId>[0], NewId>> = {};
  return (prefix, nowMs) => {
    generators[prefix] ??= createIds(random40);
    return generators[prefix](prefix, nowMs);
  };
}

async function withinRate<Result>(call: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof PaymentsError) || error.code !== 'rate_limited') throw error;
      await sleep(error.details.retryAfterMs ?? 1000);
    }
  }
}

/** The items of all pages of a list. */
export async function* allItems<Name extends PageName>(
  { read }: ImportCalls,
  name: Name,
  filter: InputOf<Name>,
): AsyncGenerator<OutputOf<Name>['items'][number], void, void> {
  let cursor: string | null = null;
  do {
    const page: OutputOf<Name> = await read(name, {
      ...filter,
      limit: pageSize,
      ...(cursor !== null && { cursor }),
    });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

/**
 * Settles payments whose import was cut off while they were charged, at the time they were due.
 *
 * @param lastAt time of the last row; milliseconds since 1970 UTC
 */
export async function settleInterrupted(ports: ImportPorts, lastAt: number): Promise<void> {
  for (;;) {
    const dueAt = await ports.store.across.nextSettlementAt();
    if (dueAt === undefined || dueAt > lastAt + settlementMs) return;
    const then = { ...ports, newId: createIds(random40), clock: { now: () => dueAt } };
    if ((await settleDue(then)) === 0) return;
  }
}
