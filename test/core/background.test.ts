import { expect, test } from 'vitest';
import { runInBackground } from '../../services/background.ts';

test('work between calls never runs twice at once, and a stop waits for its end', async () => {
  let running = 0;
  let most = 0;
  let turns = 0;
  const task = {
    everyMs: 1,
    async run() {
      running += 1;
      turns += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
    },
  };
  const stop = runInBackground([task], () => {});
  await expect.poll(() => turns).toBeGreaterThan(3);
  await stop();
  expect(running).toBe(0);
  expect(most).toBe(1);
});

test('a failure that repeats itself is reported once, and the work is tried again', async () => {
  const outcomes = ['locked', 'locked', 'locked', 'full', undefined, 'locked'];
  const reported: unknown[] = [];
  let turns = 0;
  const task = {
    everyMs: 1,
    async run() {
      const outcome = outcomes[turns];
      turns += 1;
      if (outcome !== undefined) throw new Error(outcome);
    },
  };
  const stop = runInBackground([task], (error) => reported.push(String(error)));
  await expect.poll(() => turns).toBeGreaterThan(outcomes.length);
  await stop();
  expect(reported).toEqual(['Error: locked', 'Error: full', 'Error: locked']);
});
