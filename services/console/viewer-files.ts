import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { makePage, type WebPage } from './page.ts';

/** The files of Swagger UI that its page loads, as its package has them. */

const packageOf = (file: string): string =>
  fileURLToPath(import.meta.resolve(`swagger-ui-dist/${file}`));

const { version }: { readonly version: string } = JSON.parse(
  readFileSync(packageOf('package.json'), 'utf8'),
);

export interface ViewerFile {
  readonly path: string;
  load(): Promise<WebPage>;
}

const viewerFile = (file: string, contentType: string): ViewerFile => ({
  path: `/docs/api/${version}/${file}`,
  load: async () => makePage(contentType, await readFile(packageOf(file)), { kept: 'forever' }),
});

export const viewerStyle = viewerFile('swagger-ui.css', 'text/css; charset=utf-8');
export const viewerScript = viewerFile('swagger-ui-bundle.js', 'text/javascript; charset=utf-8');
export const viewerFiles = [viewerStyle, viewerScript];
