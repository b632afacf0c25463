import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Plain JavaScript without static imports of this project: the cache must be there before the first
// module that it is to keep, and with it a later start loads no type stripper. It is code that will
// be run, so it lies with the installed packages, not in a directory that others can write to.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/compile'));

const { main } = await import('./main.ts');
await main();
