import { readFileSync } from 'node:fs';

/** The style sheet and the scripts that the page has in it, each from files by part. */

const read = (folder: string, names: readonly string[]): string =>
  names.map((name) => readFileSync(new URL(`${folder}/${name}`, import.meta.url), 'utf8')).join('');

const styles = ['colours', 'page', 'board', 'choose', 'cards', 'charts', 'tables', 'media'];

export const styleSheet = (): string =>
  read(
    'style',
    styles.map((name) => `${name}.css`),
  );

/** What a person does with the page. It reads without any of it. */
const scripts = ['theme.js', 'tips.js', 'folding.js', 'sharing.js'];

export const script = (): string =>
  `{\n${scripts.map((name) => read('browser', [name])).join('}\n{\n')}}`;
