import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { makePage, type WebPage } from './page.ts';

/** A file of Swagger UI that its page loads, as its package has it. */
export interface ViewerFile {
  readonly path: string;
  load(): Promise<WebPage>;
}

/** The package is found when a browser first asks: a server for programs needs none. */
const viewerFile = (file: string, contentType: string): ViewerFile => ({
  path: `/docs/api/${file}`,
  load: async () => {
    const found = import.meta.resolve(`swagger-ui-dist/${file}`);
    return makePage(contentType, await readFile(fileURLToPath(found)));
  },
});

export const viewerStyle = viewerFile('swagger-ui.css', 'text/css; charset=utf-8');
export const viewerScript = viewerFile('swagger-ui-bundle.js', 'text/javascript; charset=utf-8');
export const viewerFiles = [viewerStyle, viewerScript];
