import type { Core } from '../core/invoke.ts';
import { type CallName, operations } from '../core/operations.ts';
import type { RestCall, View } from './call.ts';

/**
 * Admits a read with all of its expansions before anything is read. So whether a key may see them
 * does not depend on the data, and a bucket smaller than the sum allows it when it is full.
 *
 * @throws PaymentsError `permission_denied`, `rate_limited`
 */
export async function admitExpanded(
  core: Core,
  { caller, route }: RestCall,
  view: View | undefined,
): Promise<void> {
  if (!view || view.expand.size === 0) return;
  await admitReads(core, caller, [
    route.operation,
    ...[...view.expand].flatMap((name) => route.expand?.[name] ?? []),
  ]);
}

/** Admits several reads as one. */
export async function admitReads(
  core: Core,
  caller: RestCall['caller'],
  names: readonly CallName[],
): Promise<void> {
  const reads = names.map((name) => operations[name]);
  caller.session = await core.admit(caller, {
    tokens: reads.reduce((sum, { tokens }) => sum + tokens, 0),
    bySize: true,
    scopes: reads.map(({ scope }) => scope),
  });
}
