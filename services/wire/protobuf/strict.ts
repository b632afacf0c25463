import { isUtf8 } from 'node:buffer';
import { invalid, maxViolations, type PaymentsError, type Violation } from '../../core/errors.ts';
import type { FieldShape, MessageShape } from './shape.ts';

/**
 * Checks a request message before protobufjs decodes it, because protobufjs replaces bytes that
 * are not UTF-8, cuts a string at the end of the message, and loses its place after a varint that
 * is too long. The encoding calls each of these an error
 * (https://protobuf.dev/programming-guides/encoding/).
 *
 * It is stricter than official parsers in four places, where they change what was sent: a field
 * with another wire type than the contract's (they take it for an unknown field), a number that
 * its type cannot hold (they cut it), a second message in a field that holds one (they merge the
 * two; protobufjs drops the first), and a bool that is neither 0 nor 1.
 */

/** What happens to fields that the contract does not have. */
export type Unknown = 'refused' | 'passed over';

/**
 * Maximum fields and packed numbers in one message. Operations take fewer, and refuse more by name.
 */
const maxFields = 1000;
/** Maximum nesting of groups, as in official parsers. Messages of requests nest once. */
const maxDepth = 100;
/** Text up to this length is checked in JavaScript, because calling into Node costs more. */
const shortText = 64;
/** Bytes of malformed text that an error repeats. */
const excerptBytes = 16;

const wireTypes = [
  'a varint',
  '64 bits',
  'a length and its bytes',
  'the start of a group',
  'the end of a group',
  '32 bits',
];

interface Walk {
  readonly bytes: Buffer;
  readonly unknown: Unknown;
  readonly violations: Violation[];
  /** The fields that contain the message being read, from the request down. */
  readonly path: string[];
  /** Whether a pair of a map is being read, and where its name stands; -1 before it came. */
  pair: boolean;
  keyStart: number;
  keyEnd: number;
  /** Offset of the next byte. */
  at: number;
  fields: number;
}

/** @throws PaymentsError `validation_failed` if the bytes are not a message of this shape */
export function checkMessage(shape: MessageShape, bytes: Buffer, unknown: Unknown): void {
  const walk: Walk = {
    bytes,
    unknown,
    violations: [],
    path: [],
    pair: false,
    keyStart: -1,
    keyEnd: -1,
    at: 0,
    fields: 0,
  };
  readFields(walk, shape, bytes.length);
  if (walk.violations.length > 0) throw invalid(...walk.violations);
}

function readFields(walk: Walk, shape: MessageShape, end: number): void {
  let seen: Set<FieldShape> | undefined;
  while (walk.at < end) {
    const tag = readTag(walk, end);
    const field = shape[tag >>> 3];
    const wireType = tag & 7;
    if (!field) {
      skipUnknown(walk, tag, end);
    } else if (wireType === 2 && field.packable) {
      const last = readLength(walk, field.name, end);
      while (walk.at < last) {
        countOne(walk);
        readNumber(walk, field, last);
      }
    } else if (wireType !== field.wireType) {
      throw otherWireType(walk, field, wireType);
    } else if (wireType === 0) {
      readNumber(walk, field, end);
    } else if (!field.message) {
      readText(walk, field, readLength(walk, field.name, end));
    } else {
      if (!field.repeated) {
        if (seen?.has(field)) throw malformed(walk, field.name, 'expected one message, got two');
        seen = (seen ?? new Set()).add(field);
      }
      readMessage(walk, field, field.message, readLength(walk, field.name, end));
    }
  }
}

function readMessage(walk: Walk, field: FieldShape, shape: MessageShape, end: number): void {
  walk.path.push(field.name);
  walk.pair = field.map;
  walk.keyStart = -1;
  readFields(walk, shape, end);
  walk.path.pop();
  walk.pair = false;
}

/** Reads the number and wire type of the next field. */
function readTag(walk: Walk, end: number): number {
  countOne(walk);
  const tag = readUint32(walk, '', end);
  if (tag >>> 3 === 0) throw malformed(walk, '', 'expected a field number from 1, got 0');
  return tag;
}

function countOne(walk: Walk): void {
  walk.fields += 1;
  if (walk.fields <= maxFields) return;
  throw malformed(walk, '', `expected at most ${maxFields} fields and values, got more`);
}

/** Returns where the bytes end whose length comes next. */
function readLength(walk: Walk, field: string, end: number): number {
  const length = readUint32(walk, field, end);
  const left = end - walk.at;
  if (length <= left) return walk.at + length;
  throw malformed(walk, field, `expected ${length} bytes, as their length says, got ${left}`);
}

/** Reads a varint of 32 bits in at most 5 bytes, as tags and lengths are. */
function readUint32(walk: Walk, field: string, end: number): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    if (walk.at >= end) throw cutShort(walk, field);
    // A byte exists below the end of the message.
    const byte = walk.bytes[walk.at] as number;
    walk.at += 1;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80 && value < 2 ** 32) return value;
  }
  throw malformed(walk, field, 'expected a tag or length of 32 bits, got more');
}

/** Reads a varint of up to 64 bits with a sign, as it was sent. */
function readVarint(walk: Walk, field: string, end: number): number | bigint {
  let value = 0;
  for (let shift = 0; shift < 49; shift += 7) {
    if (walk.at >= end) throw cutShort(walk, field);
    const byte = walk.bytes[walk.at] as number;
    walk.at += 1;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  let long = BigInt(value);
  for (let shift = 49n; shift < 70n; shift += 7n) {
    if (walk.at >= end) throw cutShort(walk, field);
    const byte = walk.bytes[walk.at] as number;
    walk.at += 1;
    long |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80 && long < 2n ** 64n) return BigInt.asIntN(64, long);
  }
  throw malformed(walk, field, 'expected a varint of 64 bits, got more');
}

/** Reads a number of the field's kind; a number that the kind cannot hold is a violation. */
function readNumber(walk: Walk, field: FieldShape, end: number): void {
  const start = walk.at;
  const value = readVarint(walk, field.name, end);
  const length = walk.at - start;
  // protobufjs reads a 32-bit number as 5 bytes, or as 10 if the fifth byte continues.
  const canonical = field.kind === 'int64' || length <= 5 || length === 10;
  const { least, most } = ranges[field.kind];
  if (canonical && value >= least && value <= most) return;
  const got = canonical ? `${value}` : `${value} in ${length} bytes`;
  note(walk, field.name, 'out_of_range', `expected a number from ${least} to ${most}, got ${got}`);
}

const ranges: Readonly<Record<FieldShape['kind'], { least: number; most: number }>> = {
  bool: { least: 0, most: 1 },
  int32: { least: -(2 ** 31), most: 2 ** 31 - 1 },
  // A larger integer loses precision in JavaScript; amounts and sequences stay far below.
  int64: { least: Number.MIN_SAFE_INTEGER, most: Number.MAX_SAFE_INTEGER },
  text: { least: 0, most: 0 },
  message: { least: 0, most: 0 },
};

function readText(walk: Walk, field: FieldShape, end: number): void {
  const start = walk.at;
  walk.at = end;
  if (!isText(walk.bytes, start, end)) {
    const got = walk.bytes.toString('hex', start, Math.min(end, start + excerptBytes));
    note(walk, field.name, 'invalid_utf8', `expected text in UTF-8, got the bytes ${got}`);
  } else if (field.key) {
    walk.keyStart = start;
    walk.keyEnd = end;
  }
}

/** Whether bytes are UTF-8 (RFC 3629 §3). */
function isText(bytes: Buffer, start: number, end: number): boolean {
  let at = start;
  if (end - start <= shortText) {
    while (at < end && (bytes[at] as number) < 0x80) at += 1;
  }
  return at === end || isUtf8(bytes.subarray(at, end));
}

function skipUnknown(walk: Walk, tag: number, end: number): void {
  if (walk.unknown === 'refused') {
    note(walk, String(tag >>> 3), 'unknown_field', 'expected no field of this number');
  }
  skip(walk, tag, end, 1);
}

function skip(walk: Walk, tag: number, end: number, depth: number): void {
  const wireType = tag & 7;
  if (wireType === 0) readVarint(walk, '', end);
  else if (wireType === 1) skipBytes(walk, 8, end);
  else if (wireType === 2) walk.at = readLength(walk, '', end);
  else if (wireType === 3) skipGroup(walk, tag >>> 3, end, depth);
  else if (wireType === 5) skipBytes(walk, 4, end);
  else throw malformed(walk, '', `expected a field, got ${nameOf(wireType)}`);
}

function skipBytes(walk: Walk, count: number, end: number): void {
  if (count > end - walk.at) throw cutShort(walk, '');
  walk.at += count;
}

function skipGroup(walk: Walk, number: number, end: number, depth: number): void {
  if (depth > maxDepth) {
    throw malformed(walk, '', `expected at most ${maxDepth} groups in one another, got more`);
  }
  for (;;) {
    const tag = readTag(walk, end);
    if ((tag & 7) !== 4) skip(walk, tag, end, depth + 1);
    else if (tag >>> 3 === number) return;
    else throw malformed(walk, '', `expected the end of group ${number}, got that of ${tag >>> 3}`);
  }
}

/** The path of a field of the current message in the request; '' is the message itself. */
function pathOf({ path, pair, keyStart, keyEnd, bytes }: Walk, field: string): string[] {
  if (pair) return keyStart < 0 ? [...path] : [...path, bytes.toString('utf8', keyStart, keyEnd)];
  return field === '' ? [...path] : [...path, field];
}

/** Adds a violation of a field; the fields after it can still be read. */
function note(walk: Walk, field: string, code: string, message: string): void {
  if (walk.violations.length >= maxViolations) return;
  walk.violations.push({ path: pathOf(walk, field), code, message });
}

/** The error if nothing after can be read; what came before may be misread as well. */
const malformed = (walk: Walk, field: string, message: string): PaymentsError =>
  invalid({ path: pathOf(walk, field), code: 'malformed', message });

const cutShort = (walk: Walk, field: string): PaymentsError =>
  malformed(walk, field, 'expected a whole value, got the end of the message');

const otherWireType = (walk: Walk, field: FieldShape, wireType: number): PaymentsError => {
  const message = `expected ${nameOf(field.wireType)}, got ${nameOf(wireType)}`;
  return malformed(walk, field.name, message);
};

const nameOf = (wireType: number): string => wireTypes[wireType] ?? `wire type ${wireType}`;
