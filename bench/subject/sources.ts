import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

function filesUnder(path: string): string[] {
  const entries = path.includes('.')
    ? [path]
    : readdirSync(join(root, path), { recursive: true, withFileTypes: true })
        // Documentation changes nothing that is measured.
        .filter((entry) => entry.isFile() && !entry.name.endsWith('.md'))
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
  return entries.sort();
}

/** SHA-256 of files and folders of this project, by name and content. */
export function hashOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of paths.flatMap(filesUnder)) {
    hash.update(file).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}
