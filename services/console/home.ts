import { calls } from './calls.ts';
import { protoNames } from './contracts.ts';
import { copyable, escaped, htmlPage, layOut, prose, type WebPage } from './page.ts';
import { keyAt, type ServerPlace } from './place.ts';

/** The first page: one card per wire, and links to the other pages. */

type Link = readonly [href: string, text: string];

interface Card {
  readonly wire: string;
  readonly name: string;
  /** What the wire is for, in one line. */
  readonly what: string;
  links(place: ServerPlace): readonly Link[];
}

const cards: readonly Card[] = [
  {
    wire: 'rest',
    name: 'REST',
    what: 'JSON over HTTP: resources with URLs, statuses, entity tags.',
    links: () => [
      ['/docs/api', 'Try it in the browser'],
      ['/openapi.json', 'OpenAPI document'],
    ],
  },
  {
    wire: 'grpc',
    name: 'gRPC',
    what: 'Protocol Buffers over HTTP/2, on a port of its own; the server has reflection.',
    links: () => protoNames.map((name) => [`/docs/protos/${name}.proto`, `${name}.proto`] as const),
  },
  {
    wire: 'graphql',
    name: 'GraphQL',
    what: 'A client asks for the fields of a whole screen at once.',
    links: ({ graphiql }) => [
      ...(graphiql ? [['/graphql', 'Try it in GraphiQL'] as const] : []),
      ['/docs/payments.graphql', 'Schema'],
    ],
  },
  {
    wire: 'sse',
    name: 'SSE',
    what: 'Events over HTTP; a reader resumes where it stopped. Without `head`, the stream goes on.',
    links: () => [['/docs/asyncapi.yaml', 'AsyncAPI document']],
  },
  {
    wire: 'websocket',
    name: 'WebSocket',
    what: 'Calls and events in both directions over one connection.',
    links: () => [['/docs/asyncapi.yaml', 'AsyncAPI document']],
  },
];

const linksMarkup = (links: readonly Link[]): string => {
  const items = links.map(([href, text]) => `<li><a href="${href}">${escaped(text)}</a></li>`);
  return `<ul class="links">${items.join('')}</ul>`;
};

function cardMarkup({ wire, name, what, links }: Card, place: ServerPlace): string {
  const isOpen = place.wires.has(wire);
  const call = calls[wire]?.(place) ?? '';
  const body = isOpen
    ? `${copyable(call, `Copy the ${name} call`)}${linksMarkup(links(place))}`
    : `<p class="closed">${prose('Not open: `WIRES` does not name it.')}</p>`;
  return `<section class="card ${wire}" aria-labelledby="${wire}"><h2 id="${wire}">${name}</h2><p>${prose(what)}</p>${body}</section>`;
}

const keyMarkup = (place: ServerPlace): string =>
  place.demoKeys === undefined
    ? `<p class="lead">${prose(`Replace \`${keyAt(place)}\` in the calls below with an API key.`)}</p>`
    : `<p class="lead">${prose(`The calls below read a shop's demo data with the public test key \`${keyAt(place)}\`. They run as they are, from the folder of this project.`)}</p>`;

const elsewhere: readonly (readonly [Link, string])[] = [
  [
    ['/compare', 'Side by side'],
    'Each operation on every wire: code, bytes as captured, and errors.',
  ],
  [['/report', 'Report'], 'What the last complete run of the bench measured on this machine.'],
  [['/docs/errors', 'Errors'], 'Every error code, and how each wire reports it.'],
];

const elsewhereMarkup = `<ul class="elsewhere">${elsewhere
  .map(([[href, text], what]) => `<li><a href="${href}">${text}</a><span>${what}</span></li>`)
  .join('')}</ul>`;

export function homePage(place: ServerPlace): WebPage {
  const main = `<h1>One payments core, five wires</h1>
${keyMarkup(place)}
${elsewhereMarkup}
<div class="cards">${cards.map((card) => cardMarkup(card, place)).join('\n')}</div>`;
  const html = layOut({ title: 'Fivewire', at: '/', main, origin: place.origin });
  // A program gets another response at the same place.
  return htmlPage(html, { headers: { vary: 'Accept, Accept-Encoding' } });
}
