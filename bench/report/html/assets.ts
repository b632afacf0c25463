import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';

/** What the page has in it that is no result: its style, and its scripts as one text each. */

const own = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
/** Our modules for browsers as one script: each knows those before it. */
const bundled = (...names: readonly string[]): string => {
  const texts = names.map((name) =>
    own(`browser/${name}.js`)
      .replaceAll(/^import [^;]*;\n/gm, '')
      .replaceAll(/^export /gm, ''),
  );
  return `{\n${texts.join('\n')}\n}`;
};
/** A package's script for browsers. No comment in it may end the element that it stands in. */
function packaged(name: string, path: string): string {
  const manifest = findPackageJSON(name, import.meta.url);
  if (!manifest) throw new Error(`Expected the package ${name} to be installed, found none.`);
  const text = readFileSync(join(dirname(manifest), path), 'utf8');
  return text.replaceAll('</script', '<\\/script');
}

export const styleSheet = (): string => own('page.css');

export const scripts = (): string[] => [
  packaged('d3', 'dist/d3.min.js'),
  packaged('@observablehq/plot', 'dist/plot.umd.min.js'),
  bundled('numbers', 'looks', 'rows', 'lines', 'charts'),
  bundled('tips', 'disclosures'),
];
