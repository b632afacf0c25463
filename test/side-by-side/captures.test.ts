import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('every committed capture is what its wire says now', { timeout: 180_000 }, async () => {
  // A process of its own, because it fixes time and chance before it loads anything.
  const script = join(import.meta.dirname, 'write-captures.ts');
  const said = await promisify(execFile)(process.execPath, [script, '--check']).then(
    () => 'as committed',
    ({ stderr }: { readonly stderr: string }) => stderr,
  );
  expect(said).toBe('as committed');
});
