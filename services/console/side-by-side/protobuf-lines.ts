import { toSnake } from '../../wire/names.ts';
import { message as definitionOf, type MessageName } from '../../wire/protobuf/contract.ts';
import { hexOf, type ShownLine, said } from './shown.ts';

/** Messages of the contract, field by field, with numbers and names. */

/** A message as proto-loader describes it, whose own type is just `object`. */
interface MessageDescriptor {
  readonly name: string;
  readonly nestedType: readonly MessageDescriptor[];
  readonly field: readonly {
    readonly name: string;
    readonly number: number;
    readonly type: string;
    readonly typeName: string;
  }[];
}

/** By its full name; undefined if the contract has none. */
export function descriptorOf(name: string): MessageDescriptor | undefined {
  const definition: object | undefined = definitionOf(name as MessageName);
  if (definition === undefined || !('type' in definition)) return undefined;
  return definition.type as MessageDescriptor;
}

const nestedOf = (parent: MessageDescriptor, typeName: string): MessageDescriptor | undefined =>
  parent.nestedType.find(({ name }) => name === typeName) ??
  descriptorOf(typeName) ??
  descriptorOf(`payments.v1.${typeName}`) ??
  descriptorOf(`google.rpc.${typeName}`);

/** An enum's number with its name. */
function enumText(typeName: string, number: number): string {
  const definition: object | undefined = definitionOf(`payments.v1.${typeName}` as MessageName);
  if (definition === undefined || !('type' in definition)) return String(number);
  const { value = [] } = definition.type as { value?: readonly { name: string; number: number }[] };
  return `${number} (${value.find((each) => each.number === number)?.name ?? '?'})`;
}

/** Numbers of a repeated field, one after the other. */
function packedOf(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { value, end } = varintAt(bytes, at);
    numbers.push(value);
    at = end;
  }
  return numbers;
}

function varintAt(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  for (let end = at, factor = 1; ; end += 1, factor *= 128) {
    const byte = bytes[end] ?? 0;
    value += (byte & 127) * factor;
    if (byte < 128) return { value, end: end + 1 };
  }
}

/** The last message that an Any named. */
const typeUrl = /^type\.googleapis\.com\/(.+)$/;

/** Reads a message whose bytes are known to be well-formed: the server has written them. */
export function messageLines(
  bytes: Uint8Array,
  descriptor: MessageDescriptor,
  depth = 0,
): ShownLine[] {
  const lines: ShownLine[] = [];
  let held: string | undefined;
  for (let at = 0; at < bytes.length; ) {
    const start = at;
    const { value: tag, end } = varintAt(bytes, at);
    const field = descriptor.field.find(({ number }) => number === Math.floor(tag / 8));
    const name = `${Math.floor(tag / 8)} ${field ? toSnake(field.name) : '?'}`;
    const { value, end: after } = varintAt(bytes, end);
    const isLong = tag % 8 === 2;
    at = isLong ? after + value : after;
    const hex = hexOf(bytes.subarray(start, isLong ? after : at));
    if (!isLong) {
      const text = field?.type === 'TYPE_ENUM' ? enumText(field.typeName, value) : String(value);
      lines.push(said(text, { hex, name, depth }));
      continue;
    }
    const content = bytes.subarray(after, at);
    if (field?.type === 'TYPE_ENUM') {
      const text = packedOf(content).map((number) => enumText(field.typeName, number));
      lines.push(said(text.join(', '), { hex: hexOf(bytes.subarray(start, at)), name, depth }));
      continue;
    }
    const isAny = held !== undefined && field?.type === 'TYPE_BYTES';
    const inner = isAny
      ? descriptorOf(held ?? '')
      : field?.type === 'TYPE_MESSAGE'
        ? nestedOf(descriptor, field.typeName)
        : undefined;
    if (inner) {
      lines.push(said(`${value} bytes`, { hex, name, depth }));
      lines.push(...messageLines(content, inner, depth + 1));
    } else {
      const text = Buffer.from(content).toString();
      held = typeUrl.exec(text)?.[1];
      lines.push(said(JSON.stringify(text), { hex, name, depth }));
    }
  }
  return lines;
}
