import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { bodyTag } from '../wire/http/conditional.ts';

/** A page or file that the console sends, the same for everybody. */
export interface WebPage {
  readonly contentType: string;
  readonly body: Buffer;
  /** Entity tag of the body, without a content coding. */
  readonly tag: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** How long caches may keep a page: `checked` is asked for again each time, by its entity tag. */
type Kept = 'checked' | 'minutes';

const cacheControl: Readonly<Record<Kept, string>> = {
  checked: 'no-cache',
  minutes: 'public, max-age=300',
};

interface PageOptions {
  readonly kept?: Kept;
  readonly headers?: Readonly<Record<string, string>>;
}

export function makePage(
  contentType: string,
  content: string | Buffer,
  { kept = 'checked', headers = {} }: PageOptions = {},
): WebPage {
  const body = Buffer.from(content);
  return {
    contentType,
    body,
    tag: bodyTag(body),
    headers: {
      'cache-control': cacheControl[kept],
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      ...headers,
    },
  };
}

/** The hashes of a page's own inline elements of one kind, as a policy lists them. */
const hashesOf = (html: string, element: 'script' | 'style'): string[] =>
  [...html.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, 'gs'))].map(
    ([, text = '']) => `'sha256-${hash('sha256', text, 'base64')}'`,
  );

/** What a page may load or run, beside what it contains. */
export interface Sources {
  readonly scripts?: readonly string[];
  readonly styles?: readonly string[];
  readonly images?: readonly string[];
  /** Where its scripts may send requests. Defaults to nowhere. */
  readonly connect?: string;
}

const none = "'none'";
const orNone = (sources: readonly string[]): string => sources.join(' ') || none;

/** Lets a page run the scripts that it contains, and no others. */
function policyFor(html: string, sources: Sources): string {
  const { scripts = [], styles, images = [], connect = none } = sources;
  return [
    `default-src ${none}`,
    `script-src ${orNone([...hashesOf(html, 'script'), ...scripts])}`,
    `style-src ${orNone(styles ?? hashesOf(html, 'style'))}`,
    `img-src ${orNone(['data:', ...images])}`,
    `connect-src ${connect}`,
    `base-uri ${none}`,
    `form-action ${none}`,
    `frame-ancestors ${none}`,
  ].join('; ');
}

/** A page of HTML, with the policy that it needs. */
export const htmlPage = (
  html: string,
  { sources = {}, ...options }: PageOptions & { readonly sources?: Sources } = {},
): WebPage =>
  makePage('text/html; charset=utf-8', html, {
    ...options,
    headers: { 'content-security-policy': policyFor(html, sources), ...options.headers },
  });

const fileBeside = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** Text of ours for HTML, with `code` between backticks. */
export const prose = (text: string): string =>
  escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');

/** Text to be copied as a whole, with a button that appears where scripts run. */
export const copyable = (text: string, name: string): string =>
  `<div class="call"><pre tabindex="0"><code>${escaped(text)}</code></pre><button type="button" class="copy" aria-label="${escaped(name)}" hidden>Copy</button></div>`;

/** The pages that every page links to. */
const places: readonly (readonly [href: string, name: string])[] = [
  ['/', 'Fivewire'],
  ['/docs/api', 'OpenAPI'],
  ['/docs/errors', 'Errors'],
  ['/compare', 'Side by side'],
  ['/report', 'Report'],
];

const navigation = (at: string): string => {
  const links = places.map(
    ([href, name]) => `<a href="${href}"${href === at ? ' aria-current="page"' : ''}>${name}</a>`,
  );
  return `<nav aria-label="Pages">${links.join('')}</nav>`;
};

export interface Layout {
  readonly title: string;
  /** The place of this page among those that every page links to. */
  readonly at: string;
  readonly main: string;
  /** Whether `main` is text of ours. Otherwise it has a style of its own. Defaults to true. */
  readonly isText?: boolean;
  /** Where the calls of the page go. */
  readonly origin?: string;
  /** Elements for the head, beside the style of all pages. */
  readonly head?: string;
  /** Elements after the content. */
  readonly end?: string;
}

/** A page of the console: what is the same on all of them, around `main`. */
export const layOut = ({
  title,
  at,
  main,
  head = '',
  end = '',
  isText = true,
  origin = '',
}: Layout): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title><link rel="icon" href="data:,">
<style>${fileBeside('console.css')}</style>${head}</head>
<body data-origin="${origin}">${navigation(at)}
<main${isText ? ' class="text"' : ''}>${main}</main>
<script>${fileBeside('copy.js')}</script>${end}</body></html>
`;
