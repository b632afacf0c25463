import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { serve } from './constant.ts';
import { json } from './json.ts';

/** Control: bare hono on @hono/node-server, and JSON. */
const headers = { 'content-type': json.contentType };
const app = new Hono();
app.get('/v1/payments/:id', (context) => context.body(json.read(), 200, headers));
app.post('/v1/payments', async (context) => {
  await context.req.json();
  return context.body(json.created(), 201, headers);
});

// The HTTP/1.1 server that is the default is a net.Server.
serve(createAdaptorServer({ fetch: app.fetch }) as Parameters<typeof serve>[0]);
