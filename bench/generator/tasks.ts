/** What the processes on both ends of the channel say to each other. */

export interface Order {
  readonly task: string;
  readonly input: unknown;
}

export type Report =
  | { readonly ok: true; readonly output: unknown }
  | { readonly ok: false; readonly reason: string };

type Task = (input: never) => Promise<unknown>;

/**
 * Makes this process a load generator: it carries out the orders of the process that started it,
 * one after the other, and reports what each returned or why it failed.
 */
export function serveTasks(tasks: Readonly<Record<string, Task>>): void {
  const report = (report: Report): void => {
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
