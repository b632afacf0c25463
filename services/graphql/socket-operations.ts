import type { Observation } from '../core/observe.ts';

/** One operation of a connection, from its `subscribe` until the server has finished it. */
export interface SocketOperation {
  /** The client's name for it. It may name another one as soon as this one is completed. */
  readonly id: string;
  /** The room's name for it, which never names another one of the connection. */
  readonly key: string;
  /** Aborts when the client completes the operation, and when the connection ends. */
  readonly signal: AbortSignal;
  /** When its message came, on the clock of `performance`. */
  readonly receivedMs: number;
  /** Undefined until the protocol has taken it for an operation. */
  observation: Observation | undefined;
}

/** How far a stream has come. */
export interface Progress {
  readonly position: number;
}

interface Entry extends SocketOperation {
  readonly end: AbortController;
  stream: Progress | undefined;
}

/**
 * The operations of one connection. graphql-ws knows an operation by the client's id, and so takes
 * the second one of an id for the first one where the first had not ended when it was completed.
 * Here each operation has a key of its own, under which graphql-ws gets it.
 */
export interface SocketOperations {
  /** How many run: also those that the client has completed, while the server works on them. */
  readonly running: number;
  /** @returns undefined where an operation of this id runs that the client has not completed */
  begin(id: string, receivedMs: number): SocketOperation | undefined;
  /** Ends the operation that the client completes; returns its key. */
  complete(id: string): string | undefined;
  /** To be called once nothing is done for the operation any more. */
  finished(operation: SocketOperation): void;
  /** The operation, as long as it runs. */
  byKey(key: string): SocketOperation | undefined;
  /** The operation turned out to be a stream: it ends when the streams end. */
  streams(operation: SocketOperation, stream: Progress): void;
  /** How far the streams have come, by the client's ids. */
  positions(): Readonly<Record<string, number>>;
  /**
   * The message as the client gets it: under the client's id. Undefined where the client has
   * completed the operation, and so gets nothing of it any more.
   */
  addressed(message: string): string | undefined;
  /** Ends the streams, and those that are still to begin, without a word to the client. */
  endStreams(): void;
  /** Ends all operations without a word to the client. */
  endAll(): void;
}

/** A message of an operation, as graphql-ws writes it. */
const ofOperation = /^\{"id":"(\d+)","type":"(next|error|complete)"/;

export function createSocketOperations(): SocketOperations {
  const running = new Map<string, Entry>();
  /** By the client's ids: those that it has not completed. */
  const named = new Map<string, Entry>();
  let last = 0;
  let noStreams = false;

  function forget(entry: Entry): void {
    if (named.get(entry.id) === entry) named.delete(entry.id);
  }
  function end(entry: Entry): void {
    forget(entry);
    entry.end.abort();
  }

  return {
    get running() {
      return running.size;
    },
    begin(id, receivedMs) {
      if (named.has(id)) return undefined;
      last += 1;
      const abort = new AbortController();
      const { signal } = abort;
      const entry: Entry = {
        id,
        key: String(last),
        signal,
        receivedMs,
        observation: undefined,
        end: abort,
        stream: undefined,
      };
      running.set(entry.key, entry);
      named.set(id, entry);
      return entry;
    },
    complete(id) {
      const entry = named.get(id);
      if (entry) end(entry);
      return entry?.key;
    },
    finished({ key }) {
      const entry = running.get(key);
      running.delete(key);
      if (entry) forget(entry);
    },
    byKey: (key) => running.get(key),
    streams({ key }, stream) {
      const entry = running.get(key);
      if (!entry) return;
      entry.stream = stream;
      if (noStreams) end(entry);
    },
    positions() {
      const open = [...named.values()].flatMap(({ id, stream }) =>
        stream ? [[id, stream.position] as const] : [],
      );
      return Object.fromEntries(open);
    },
    addressed(message) {
      const [start, key = '', type] = ofOperation.exec(message) ?? [];
      if (start === undefined) return message;
      const entry = running.get(key);
      if (!entry || named.get(entry.id) !== entry) return undefined;
      // From here on the client may use the id again.
      if (type !== 'next') forget(entry);
      return `{"id":${JSON.stringify(entry.id)},"type":"${type}"${message.slice(start.length)}`;
    },
    endStreams() {
      noStreams = true;
      for (const entry of running.values()) if (entry.stream) end(entry);
    },
    endAll() {
      noStreams = true;
      for (const entry of running.values()) end(entry);
    },
  };
}
