/** A descriptor as proto-loader returns it, whose own type is just `object`. */
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
  /** In camel case, as in proto-loader and core. */
  readonly name: string;
  readonly kind: Kind;
  readonly wireType: number;
  readonly repeated: boolean;
  /** Numbers of a repeated field may also come packed. */
  readonly packable: boolean;
  /** Whether its messages are the pairs of a map. */
  readonly map: boolean;
  /** Whether it is the name in such a pair. */
  readonly key: boolean;
  /** Only with kind `message`. */
  readonly message: MessageShape | undefined;
}

export type Kind = (typeof kinds)[keyof typeof kinds];

/** The types that requests use; add a type of a new contract here, with its check. */
const kinds = {
  TYPE_STRING: 'text',
  TYPE_MESSAGE: 'message',
  TYPE_BOOL: 'bool',
  TYPE_ENUM: 'int32',
  TYPE_INT32: 'int32',
  TYPE_INT64: 'int64',
} as const;

const isKnown = (type: string): type is keyof typeof kinds => Object.hasOwn(kinds, type);

/** Definitions by their full names, as `loadSync` returns them. */
export type Package = Readonly<Record<string, unknown>>;

/**
 * The shape of a message of the contract, and of the messages that it holds.
 *
 * @param type the message's `type` in the contract's definitions
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
  // proto-loader's own type is less specific.
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
