import { jsonLines } from './json-lines.ts';
import { own, type ShownLine, type ShownMessage, said } from './shown.ts';

/** HTTP/1.1 as text. */

const endOfHead = '\r\n\r\n';

/** The lines of a body in chunks (RFC 9112 §7.1), whose sizes are the protocol's own. */
function chunkedLines(body: string): ShownLine[] {
  const lines: ShownLine[] = [];
  let rest = body;
  for (;;) {
    const [head = ''] = rest.split('\r\n', 1);
    const size = Number.parseInt(head, 16);
    if (head === '' || Number.isNaN(size)) return lines;
    lines.push(own(head, { name: 'chunk' }));
    const chunk = rest.slice(head.length + 2, head.length + 2 + size);
    for (const line of chunk.split('\n')) lines.push(...eventLine(line));
    rest = rest.slice(head.length + 2 + size + 2);
  }
}

/** A line of an event stream; the JSON of its data is shown like that of a body. */
function eventLine(line: string): ShownLine[] {
  const [, field = '', value = ''] = /^(\w+): (.*)$/.exec(line) ?? [];
  const json = field === 'data' ? jsonLines(value, 1) : undefined;
  if (json) return [said('', { name: field }), ...json];
  return field === '' ? [own(line)] : [own(value, { name: field })];
}

function bodyLines(head: string, body: string): ShownLine[] {
  if (/^transfer-encoding: chunked/im.test(head)) return chunkedLines(body);
  return body === '' ? [] : (jsonLines(body) ?? [said(body)]);
}

export function http1Message(text: string): ShownMessage {
  const cut = text.indexOf(endOfHead);
  const head = text.slice(0, cut);
  const [first = '', ...headers] = head.split('\r\n');
  const body = text.slice(cut + endOfHead.length);
  const lines = [
    own(first),
    ...headers.map((header) => {
      const [, name = '', value = ''] = /^([^:]*): ?(.*)$/.exec(header) ?? [];
      return own(value, { name });
    }),
    ...bodyLines(head, body),
  ];
  const isGraphql = /^content-type: application\/graphql-response/im.test(head);
  return {
    bytes: Buffer.byteLength(text),
    lines,
    notes: [],
    outcome: isGraphql ? `${statusOf(first)} · ${graphqlOutcome(body)}` : statusOf(first),
  };
}

const statusOf = (first: string): string => first.replace(/^HTTP\/1\.1 /, '');

/** Where GraphQL says what went wrong. */
export function graphqlOutcome(body: string): string {
  // Any answer of GraphQL is an object of these two.
  const { data, errors } = JSON.parse(body) as {
    readonly data?: { readonly result: { readonly __typename?: string } | null } | null;
    readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
  };
  if (errors) return `errors[]: ${errors[0]?.extensions?.code ?? 'no code'}`;
  if (!data?.result) return 'data: null';
  return data.result.__typename ? `data: ${data.result.__typename}` : 'data';
}
