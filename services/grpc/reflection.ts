import { status } from '@grpc/grpc-js';
import type { PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { fileDescriptors } from './descriptors.ts';

type Table = Record<string, unknown>;

interface EnumDescriptor {
  readonly name: string;
  readonly value: readonly { readonly name: string }[];
}

/** A message or a file, reduced to the enums declared in it. */
interface Scope {
  readonly name: string;
  readonly enumType?: readonly EnumDescriptor[];
  readonly nestedType?: readonly Scope[];
}

interface FileDescriptor extends Omit<Scope, 'nestedType'> {
  readonly package: string;
  readonly messageType?: readonly Scope[];
}

/** The library's private state, and how it responds, for one version of the protocol. */
interface Implementation {
  readonly files: Readonly<Record<string, FileDescriptor>>;
  readonly symbols: Table;
  readonly extensions: Table;
  handleServerReflectionRequest(request: { readonly messageRequest?: string }): unknown;
}

/** Reflection on the contract, on health and on itself. */
export function createReflection(): ReflectionService {
  // Only the descriptors of a package's files are read.
  const contract = { all: { fileDescriptorProtos: fileDescriptors() } };
  const service = new ReflectionService(contract as unknown as PackageDefinition);
  // The library offers no other access to its tables.
  const { v1, v1Alpha } = service as unknown as Readonly<Record<string, Implementation>>;
  for (const implementation of [v1, v1Alpha]) if (implementation) mend(implementation);
  return service;
}

/** Corrects the library's responses to match reflection.proto. */
function mend(implementation: Implementation): void {
  const { files, symbols, extensions } = implementation;
  for (const file of Object.values(files)) renameEnumValues(file, symbols);
  // Otherwise `toString` would count as the name of a symbol.
  for (const table of [files, symbols, extensions]) Object.setPrototypeOf(table, null);

  const handle = implementation.handleServerReflectionRequest.bind(implementation);
  implementation.handleServerReflectionRequest = (request) =>
    request.messageRequest === undefined
      ? { originalRequest: request, errorResponse: emptyRequest }
      : handle(request);
}

const emptyRequest = {
  errorCode: status.INVALID_ARGUMENT,
  errorMessage: 'Expected one of the fields of message_request, got none.',
};

/** An enum value's full name has the scope of the enum, not its name (descriptor.proto). */
function renameEnumValues(file: FileDescriptor, symbols: Table): void {
  const rename = (scope: string, { enumType = [], nestedType = [] }: Omit<Scope, 'name'>) => {
    for (const { name, value } of enumType) {
      for (const { name: valueName } of value) {
        symbols[`${scope}.${valueName}`] = symbols[`${scope}.${name}.${valueName}`];
        delete symbols[`${scope}.${name}.${valueName}`];
      }
    }
    for (const nested of nestedType) rename(`${scope}.${nested.name}`, nested);
  };
  const { messageType: nestedType = [], enumType = [] } = file;
  rename(file.package, { enumType, nestedType });
}
