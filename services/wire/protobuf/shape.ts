/** A descriptor as proto-loader gives it; its own type says no more than `object`. */
interface Descriptor {
  readonly name: string;
  readonly options: { readonly mapEntry?: boolean } | null;
  readonly nestedType: readonly Descriptor[];
  readonly field: readonly {
    readonly name: string;
    readonly number: number;
    readonly label: string;
    readonly type: string;
    readonly typeName: string;
  }[];
}

/** The fields that a message can hold, by their numbers. */
export type MessageShape = readonly (FieldShape | undefined)[];

export interface FieldShape {
  /** In camel case, as proto-loader and core have it. */
  readonly name: string;
  readonly kind: Kind;
  readonly wireType: number;
  readonly repeated: boolean;
  /** Numbers of a repeated field can come in one run of bytes as well. */
  readonly packable: boolean;
  /** Whether its messages are the pairs of a map. */
  readonly map: boolean;
  /** Whether it is the name in such a pair. */
  readonly key: boolean;
  /** With kind `message` alone. */
  readonly message: MessageShape | undefined;
}

export type Kind = (typeof kinds)[keyof typeof kinds];

/** The types that requests use; a type of a new contract is added here with its check. */
const kinds = {
  TYPE_STRING: 'text',
  TYPE_MESSAGE: 'message',
  TYPE_BOOL: 'bool',
  TYPE_ENUM: 'int32',
  TYPE_INT32: 'int32',
  TYPE_INT64: 'int64',
} as const;

const isKnown = (type: string): type is keyof typeof kinds => Object.hasOwn(kinds, type);

/** Definitions by their full names, as `loadSync` answers them. */
export type Package = Readonly<Record<string, unknown>>;

/**
 * The shape of a message of the contract, and with it those of the messages that it holds.
 *
 * @param type the message's `type`, as the contract's definitions have it
 */
export function shapeOf(contract: Package, type: object): MessageShape {
  const find = (typeName: string, { nestedType }: Descriptor): Descriptor =>
    nestedType.find((nested) => nested.name === typeName) ??
    descriptorOf(contract[typeName] ?? contract[`payments.v1.${typeName}`], typeName);

  const shapeFrom = (descriptor: Descriptor): MessageShape => {
    const shape: (FieldShape | undefined)[] = [];
    for (const { name: field, number, label, type, typeName } of descriptor.field) {
      if (!isKnown(type)) throw new Error(`Expected a type that is checked, got ${type}.`);
      const kind = kinds[type];
      const wireType = kind === 'text' || kind === 'message' ? 2 : 0;
      const repeated = label === 'LABEL_REPEATED';
      const held = kind === 'message' ? find(typeName, descriptor) : undefined;
      shape[number] = {
        name: field,
        kind,
        wireType,
        repeated,
        packable: repeated && wireType === 0,
        map: isPair(held),
        key: isPair(descriptor) && number === 1,
        message: held && shapeFrom(held),
      };
    }
    return shape;
  };
  // proto-loader's own type says no more.
  return shapeFrom(type as Descriptor);
}

const isPair = (descriptor: Descriptor | undefined): boolean =>
  descriptor?.options?.mapEntry === true;

function descriptorOf(definition: unknown, name: string): Descriptor {
  if (typeof definition === 'object' && definition !== null && 'type' in definition) {
    return definition.type as Descriptor;
  }
  throw new Error(`Expected the message ${name} in the contract, got none.`);
}
