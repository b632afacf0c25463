import { hash } from 'node:crypto';
import type { GraphiQLOptions } from 'graphql-yoga';
import { requestIdOf } from '../../wire/request-id.ts';
import type { HttpHost } from '../host.ts';
import type { RoomPlugin } from './context.ts';

interface Page {
  readonly html: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Yoga's package of the page with all that it needs: nothing is loaded from a CDN. */
interface Renderer {
  renderGraphiQL(options: GraphiQLOptions): string;
}
const rendererPackage: string = '@graphql-yoga/render-graphiql';

/** Nine megabytes: it is made when a browser first asks for it. */
let page: Promise<Page> | undefined;

async function makePage(options: GraphiQLOptions): Promise<Page> {
  const { renderGraphiQL }: Renderer = await import(rendererPackage);
  const html = renderGraphiQL(options);
  const script = /<script>(.*?)<\/script>/s.exec(html)?.[1] ?? '';
  const policy = [
    "default-src 'none'",
    // The script of the page, and the workers that it makes of its own text.
    `script-src 'sha256-${hash('sha256', script, 'base64')}' blob:`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    html: new Uint8Array(Buffer.from(html)),
    headers: {
      'content-security-policy': policy.join('; '),
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
  };
}

/**
 * Yoga's `graphiql` and `renderGraphiQL`: the page for a person who opens `/graphql` in a browser.
 * A request with a key is one of a program, whatever it accepts.
 */
export const graphiqlOf = ({ introspection }: Pick<HttpHost, 'introspection'>) => ({
  graphiql: ({ headers }: Request): false | GraphiQLOptions =>
    introspection &&
    !headers.get('authorization') && {
      title: 'Fivewire',
      headers: '{\n  "authorization": "Bearer YOUR_KEY"\n}',
      defaultEditorToolsVisibility: 'headers',
      // The key is not kept in the browser.
      shouldPersistHeaders: false,
    },
  async renderGraphiQL(options: GraphiQLOptions): Promise<Uint8Array<ArrayBuffer>> {
    page ??= makePage(options);
    return (await page).html;
  },
});

/** Lets the page run what it brings, and nothing else. */
export const useGraphiqlHeaders = (): RoomPlugin => ({
  onResponse({ request, response }) {
    // Every response comes by here: only for the page is anything awaited.
    if (response.headers.get('content-type') !== 'text/html') return undefined;
    return page?.then(({ headers }) => {
      for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
      const given = request.headers.get('x-request-id') ?? undefined;
      response.headers.set('x-request-id', requestIdOf(given));
    });
  },
});
