import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { constants, serve } from './constant.ts';

/** Control: bare hono on @hono/node-server, a constant text. */
const headers = { 'content-type': 'application/json' };
const app = new Hono();
app.get('/v1/payments/:id', (context) => context.body(constants.rest, 200, headers));
app.post('/v1/payments', (context) => context.body(constants.restCreated, 201, headers));

// The HTTP/1.1 server that is the default is a net.Server.
serve(createAdaptorServer({ fetch: app.fetch }) as Parameters<typeof serve>[0]);
