import { keyAt, type ServerPlace } from './place.ts';

/**
 * One call over each wire, as a person types it into a shell. All read the newest payment, except
 * that of SSE.
 */

const bearer = (place: ServerPlace): string => `-H 'Authorization: Bearer ${keyAt(place)}'`;

const restCall = (place: ServerPlace): string =>
  `curl -s '${place.origin}/v1/payments?limit=1' \\
  ${bearer(place)}`;

function grpcCall(place: ServerPlace): string {
  const { protocol, hostname } = new URL(place.origin);
  // With TLS, both sides agree on HTTP/2 by ALPN.
  const prior = protocol === 'http:' ? ' --http2-prior-knowledge' : '';
  return `npx buf curl --protocol grpc${prior} \\
  ${bearer(place)} -d '{"page_size": 1}' \\
  ${protocol}//${hostname}:${place.grpcPort}/payments.v1.PaymentService/ListPayments`;
}

const graphqlCall = (place: ServerPlace): string =>
  `curl -s ${place.origin}/graphql \\
  ${bearer(place)} \\
  -H 'Content-Type: application/json' \\
  -d '{"query": "{ payments(first: 1) { nodes { id amount status } } }"}'`;

const sseCall = (place: ServerPlace): string =>
  `curl -sN '${place.origin}/v1/events?after=0' \\
  ${bearer(place)} \\
  -H 'Accept: text/event-stream' | head -n 9`;

const websocketCall = (place: ServerPlace): string =>
  `npx node -e '
  const socket = new WebSocket("${place.origin.replace(/^http/, 'ws')}/ws", "payments.v1.json");
  const say = (frame) => socket.send(JSON.stringify(frame));
  socket.onopen = () => {
    say({ type: "hello", key: "${keyAt(place)}" });
    say({ id: "1", type: "call", operation: "listPayments", input: { limit: 1 } });
  };
  socket.onmessage = ({ data }) => {
    console.log(data);
    if (JSON.parse(data).id === "1") socket.close();
  };
'`;

/** The text of each wire's call, by the name of the wire. */
export const calls: Readonly<Record<string, (place: ServerPlace) => string>> = {
  rest: restCall,
  grpc: grpcCall,
  graphql: graphqlCall,
  sse: sseCall,
  websocket: websocketCall,
};
