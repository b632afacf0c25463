import type { Event } from '../core/events/event.ts';
import { encodeEvent } from './json.ts';

const texts = new WeakMap<Event, string>();

/**
 * The event as JSON text. The feed hands the same object to everybody who watches, so that an
 * event is serialised once, however many connections it goes to, and forgotten with the object.
 */
export function eventText(event: Event): string {
  const known = texts.get(event);
  if (known !== undefined) return known;
  const text = JSON.stringify(encodeEvent(event));
  texts.set(event, text);
  return text;
}
