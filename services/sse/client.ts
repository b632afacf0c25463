import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { type ClientOptions, type StreamClient, streamsOf } from '../core/client.ts';
import type { Event } from '../core/events/event.ts';
import type { WatchInput } from '../core/operations.ts';
import { createEventStreamParser, defaultTimings } from '../wire/http/event-stream.ts';
import { decodeEvent, type EventJson } from '../wire/json.ts';
import { decodeProblem, type Problem } from '../wire/problem.ts';
import { awaitSilence } from '../wire/silence.ts';

/** Three heartbeats: a server that is silent for so long is considered gone. */
const silentForMs = 3 * defaultTimings.heartbeatMs;

/**
 * A client of the SSE room. Each watch is a connection of its own, because HTTP/1.1 cannot carry
 * anything else on it meanwhile. It does not reconnect by itself: callers resume with `after`. A
 * watch fails if the server was silent for `silentMs`.
 */
export async function createSseClient({
  target,
  ca,
  key,
  silentMs = silentForMs,
}: Pick<ClientOptions, 'target' | 'ca' | 'key'> & {
  readonly silentMs?: number;
}): Promise<StreamClient> {
  const wire = new URL(target).protocol === 'https:' ? https : http;
  const agent = new wire.Agent(ca ? { ca } : {});
  const open = (url: URL, signal: AbortSignal): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = {
        accept: 'text/event-stream',
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
      };
      const request = wire.request(url, { agent, signal, headers }, resolve);
      request.on('error', reject);
      request.end();
    });

  return {
    ...streamsOf(() => async (input, { signal }) => {
      const url = new URL('/v1/events', target);
      url.search = encodeWatch(input).toString();
      let response: IncomingMessage;
      try {
        response = await open(url, signal);
      } catch (cause) {
        if (signal.aborted) return nothing();
        throw new Error(`Expected a stream from ${url}, got: ${messageOf(cause)}`, { cause });
      }
      if (response.statusCode !== 200) throw await failureOf(response, url);
      return readEvents(response, url, signal, silentMs);
    }),
    async close() {
      agent.destroy();
    },
  };
}

function encodeWatch({ after, types }: WatchInput): URLSearchParams {
  return new URLSearchParams({
    ...(after !== undefined && { after: String(after) }),
    ...(types && types.length > 0 && { types: types.join(',') }),
  });
}

async function* nothing(): AsyncGenerator<Event, void, void> {}

const messageOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause);

async function failureOf(response: IncomingMessage, url: URL): Promise<Error> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const { statusCode, headers } = response;
  if (headers['content-type'] !== 'application/problem+json') {
    return new Error(`Expected a stream from ${url}, got status ${statusCode}: ${body}`);
  }
  return decodeProblem(JSON.parse(body) as Problem);
}

async function* readEvents(
  response: IncomingMessage,
  url: URL,
  signal: AbortSignal,
  silentMs: number,
): AsyncGenerator<Event, void, void> {
  const parse = createEventStreamParser();
  const silence = awaitSilence(silentMs, () => {
    response.destroy(new Error(`Expected ${url} to go on, heard nothing for ${silentMs} ms.`));
  });
  try {
    for await (const chunk of response) {
      silence.suspend();
      for (const { event, data } of parse(chunk)) {
        if (signal.aborted) return;
        // Our server sends what these types declare.
        if (event === 'error') throw decodeProblem(JSON.parse(data) as Problem);
        yield decodeEvent(JSON.parse(data) as EventJson);
      }
      silence.resume();
    }
  } catch (thrown) {
    if (signal.aborted) return;
    throw thrown;
  } finally {
    silence.suspend();
  }
  if (!signal.aborted) throw new Error(`Expected ${url} to go on, got the end of the stream.`);
}
