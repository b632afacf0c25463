/** What the processes on both ends of the channel say to each other. */

export interface TaskOrder {
  readonly task: string;
  readonly input: unknown;
}

export type TaskReport =
  | { readonly ok: true; readonly output: unknown }
  | { readonly ok: false; readonly reason: string };

/** What a generator can be asked to do: plain data in, plain data out. */
export type Task = (input: never) => Promise<unknown>;

/**
 * Makes this process a load generator: it carries out the orders of the process that started it,
 * one after the other, and reports what each returned or why it failed.
 */
export function serveTasks(tasks: Readonly<Record<string, Task>>): void {
  const report = (report: TaskReport): void => {
    process.send?.(report);
  };
  // A terminal interrupts the whole group; the process that started this one decides.
  process.on('SIGINT', () => {});
  process.once('disconnect', () => process.exit(1));
  process.on('message', async (message) => {
    try {
      // Only the process that started this one sends messages, with orders of these tasks.
      const { task, input } = message as { readonly task: string; readonly input: never };
      report({ ok: true, output: await tasks[task]?.(input) });
    } catch (thrown) {
      report({ ok: false, reason: thrown instanceof Error ? thrown.message : String(thrown) });
    }
  });
  report({ ok: true, output: undefined });
}
