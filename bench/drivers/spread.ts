import type { Driver } from './driver.ts';
import { callsBy, closed, type Pending } from './pending.ts';

/** A connection that takes several calls at once. */
export interface SharedConnection {
  /** Whether it takes new calls, now or when others have ended. */
  isUsable(): boolean;
  /** Whether it takes a new call now. */
  hasRoom(): boolean;
  /** Call it only if there is room. */
  send(call: Pending): void;
  /** Ends it and its calls; once it is over, nothing more happens. */
  close(reason: Error): void;
}

export interface SharedConnectionEvents {
  /** A call has ended, or there is more room. */
  readonly onRoom: () => void;
  readonly onOver: (session: SharedConnection) => void;
}

/** One of the connections that calls are spread over; opened again when it ends. */
interface Slot {
  session: SharedConnection | undefined;
  /** Those who wait for it to open. */
  readonly queue: Pending[];
}

/**
 * A driver whose calls go to these connections in turn, as many at once as they take. The others
 * wait in turn, and the wait belongs to the call.
 * @throws Error if a connection cannot be had
 */
export async function spreadOver(
  connections: number,
  openSession: (events: SharedConnectionEvents) => Promise<SharedConnection>,
): Promise<Driver> {
  const waiting: Pending[] = [];
  const slots = Array.from(
    { length: connections },
    (): Slot => ({ session: undefined, queue: [] }),
  );
  const sessions = new Set<SharedConnection>();
  let turn = 0;
  let isClosed = false;

  /** The next connection that has room, or is to be opened again. */
  const takeTurn = (): Slot | undefined => {
    for (let tried = 0; tried < connections; tried += 1) {
      const slot = slots[turn];
      turn = turn + 1 === connections ? 0 : turn + 1;
      if (slot && (!slot.session?.isUsable() || slot.session.hasRoom())) return slot;
    }
    return undefined;
  };
  const open = async (slot: Slot) => {
    slot.session = undefined;
    const session = await openSession({
      onRoom,
      onOver: (over) => sessions.delete(over),
    });
    sessions.add(session);
    slot.session = session;
    if (isClosed) session.close(closed());
  };
  const reopen = async (slot: Slot) => {
    try {
      await open(slot);
      for (const call of slot.queue.splice(0)) start(call);
    } catch (thrown) {
      // Only errors are thrown by what opens a connection.
      for (const call of slot.queue.splice(0)) call.reject(thrown as Error);
    }
    onRoom();
  };
  const placeOn = (slot: Slot, call: Pending) => {
    if (slot.session?.isUsable()) return slot.session.send(call);
    slot.queue.push(call);
    if (slot.queue.length === 1) void reopen(slot);
  };
  const onRoom = () => {
    while (waiting.length > 0) {
      const slot = takeTurn();
      if (!slot) return;
      const next = waiting.shift();
      if (next) placeOn(slot, next);
    }
  };
  const start = (call: Pending) => {
    if (isClosed) return call.reject(closed());
    const slot = waiting.length === 0 ? takeTurn() : undefined;
    if (slot) placeOn(slot, call);
    else waiting.push(call);
  };
  const close = async () => {
    isClosed = true;
    for (const call of waiting.splice(0)) call.reject(closed());
    for (const session of sessions) session.close(closed());
  };
  const opened = await Promise.allSettled(slots.map(open));
  const failed = opened.find((outcome) => outcome.status === 'rejected');
  if (failed) {
    await close();
    throw failed.reason;
  }
  return { ...callsBy(start), close };
}
