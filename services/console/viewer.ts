import { readFileSync } from 'node:fs';
import { escaped, htmlPage, layOut, prose, type WebPage } from './page.ts';
import type { ServerPlace } from './place.ts';
import { viewerScript, viewerStyle } from './viewer-files.ts';

/** Swagger UI leaves a lot of room above its title, and has no text of its own. */
const ownStyle = `
.note { margin: 1.5rem 20px 0; color: var(--soft) }
.swagger-ui .info { margin: 1rem 0 }
.swagger-ui .scheme-container { padding: 1rem 0 }
`;

/** The page of Swagger UI: the OpenAPI document, and requests to try. */
export function viewerPage({ demoKeys }: Pick<ServerPlace, 'demoKeys'>): WebPage {
  const start = readFileSync(new URL('viewer-start.js', import.meta.url), 'utf8');
  const key = demoKeys ? ` data-key="${escaped(demoKeys.writing)}"` : '';
  const note = demoKeys
    ? `Requests from this page go to this server, on demo data, with the public test key \`${demoKeys.writing}\`.`
    : 'Requests from this page go to this server. Enter an API key under Authorize.';
  const html = layOut({
    title: 'OpenAPI · Fivewire',
    at: '/docs/api',
    main: `<p class="note">${prose(note)}</p><div id="viewer"${key}><noscript><p>This page needs scripts. The document itself is <a href="/openapi.json">/openapi.json</a>.</p></noscript></div>`,
    isText: false,
    head: `<link rel="stylesheet" href="${viewerStyle.path}"><style>${ownStyle}</style>`,
    end: `<script src="${viewerScript.path}"></script><script>${start}</script>`,
  });
  return htmlPage(html, {
    sources: { scripts: ["'self'"], styles: ["'self'", "'unsafe-inline'"], connect: "'self'" },
  });
}
