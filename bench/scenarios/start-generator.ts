import { startGenerator } from '../generator/process.ts';
import type { Tasks } from '../trial/tasks.ts';

/** Starts a load generator that knows the scenarios. */
export const startLoadGenerator = () =>
  startGenerator<Tasks>(new URL('./load-generator.ts', import.meta.url));
