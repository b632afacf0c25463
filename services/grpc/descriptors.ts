import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const descriptorsFile = join(
  import.meta.dirname,
  '../wire/protobuf/generated/descriptors.binpb',
);

/**
 * The contract's files, one `google.protobuf.FileDescriptorProto` each, as `buf build` compiled
 * them. Descriptors from proto-loader are unusable for reflection: their type names are relative
 * and their imports missing, so strict clients such as `buf curl` refuse them.
 */
export const fileDescriptors = (): Buffer[] => split(readFileSync(descriptorsFile));

/** The elements of a `google.protobuf.FileDescriptorSet`: field 1, length-delimited, repeated. */
function split(set: Buffer): Buffer[] {
  const files: Buffer[] = [];
  let at = 0;
  while (at < set.length) {
    if (set[at] !== 0x0a) throw new Error(`Expected a FileDescriptorSet in ${descriptorsFile}.`);
    let length = 0;
    let shift = 0;
    let byte: number;
    do {
      at += 1;
      byte = set[at] ?? 0;
      length |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte > 0x7f);
    at += 1;
    files.push(set.subarray(at, at + length));
    at += length;
  }
  return files;
}
