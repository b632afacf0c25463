import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { encodePayment } from '../../../services/wire/json.ts';
import { serve } from './constant.ts';
import { readPayment } from './core.ts';

/** Floor with core: bare hono, core's read, and its JSON. */
const headers = { 'content-type': 'application/json' };
const app = new Hono();
app.get('/v1/payments/:id', async (context) => {
  const payment = await readPayment(context.req.header('authorization'), context.req.param('id'));
  return context.body(JSON.stringify(encodePayment(payment)), 200, headers);
});

// The HTTP/1.1 server that is the default is a net.Server.
serve(createAdaptorServer({ fetch: app.fetch }) as Parameters<typeof serve>[0]);
