/** What an answer needs to stay a stream of events on its way through proxies. */
export const eventStreamHeaders = {
  'content-type': 'text/event-stream',
  // `no-transform` keeps proxies from compressing, which holds back what does not fill a block.
  'cache-control': 'no-cache, no-transform',
  // nginx gathers an answer before it passes it on unless the answer itself says not to.
  'x-accel-buffering': 'no',
} as const;
