const dayMs = 24 * 60 * 60 * 1000;
const lastMs = 253_402_300_799_999;
const keptDays = 1000;

const padded = (count: number, digits: number, after: string): readonly string[] =>
  Array.from({ length: count }, (_none, value) => String(value).padStart(digits, '0') + after);
const hours = padded(24, 2, ':');
const minutes = padded(60, 2, ':');
const seconds = padded(60, 2, '.');
const millis = padded(1000, 3, 'Z');
const days = new Map<number, string>();

function dayText(day: number): string {
  let text = days.get(day);
  if (text === undefined) {
    if (days.size >= keptDays) days.clear();
    text = new Date(day * dayMs).toISOString().slice(0, 'YYYY-MM-DDT'.length);
    days.set(day, text);
  }
  return text;
}

/**
 * Formats milliseconds since 1970 as an RFC 3339 time in UTC, like `toISOString` but in a third of
 * its time. Every payment has two times, which were the most expensive part of its JSON.
 */
export function timeJson(ms: number): string {
  if (!Number.isInteger(ms) || ms < 0 || ms > lastMs) return new Date(ms).toISOString();
  const day = Math.floor(ms / dayMs);
  const ofDay = ms - day * dayMs;
  return [
    dayText(day),
    hours[Math.floor(ofDay / 3_600_000)],
    minutes[Math.floor(ofDay / 60_000) % 60],
    seconds[Math.floor(ofDay / 1000) % 60],
    millis[ofDay % 1000],
  ].join('');
}

const rfc3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Days of a month of the Gregorian calendar, proleptic before 1582. */
const daysOf = (year: number, month: number): number =>
  month === 2
    ? year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
      ? 29
      : 28
    : [4, 6, 9, 11].includes(month)
      ? 30
      : 31;

/**
 * Parses an RFC 3339 time to milliseconds since 1970, negative before; undefined if the text is not
 * a time. Dates must be in the calendar and hours from 00 to 23 (§5.6, §5.7). Second 60 is only
 * valid where a leap second is possible, at the end of June or December in UTC, and counts as the
 * second that follows. Digits below a millisecond are dropped.
 */
export function parseTime(text: string): number | undefined {
  const found = rfc3339.exec(text);
  if (!found) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1, 7)
    .map(Number);
  const [, , , , , , , fraction = '', sign, offsetHour = 0, offsetMinute = 0] = found;
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return undefined;
  const offsetMs = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000;
  const wallMs =
    Date.parse(`${text.slice(0, 10)}T00:00:00Z`) +
    ((hour * 60 + minute) * 60 + second) * 1000 +
    Number(fraction.slice(0, 3).padEnd(3, '0'));
  const ms = sign === '-' ? wallMs + offsetMs : wallMs - offsetMs;
  return second < 60 || followsLeapSecond(ms) ? ms : undefined;
}

/** Whether a time is in the first second of January or July, as which second 60 counts. */
function followsLeapSecond(ms: number): boolean {
  const [, month, rest] = /-(\d\d)-(01T00:00:00)\./.exec(new Date(ms).toISOString()) ?? [];
  return rest !== undefined && (month === '01' || month === '07');
}
