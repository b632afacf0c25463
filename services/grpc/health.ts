import { HealthImplementation } from 'grpc-health-check';

/** Health that forgets who left: the library keeps every name that anybody ever watched. */
export function createHealth(): HealthImplementation {
  const health = new HealthImplementation({ '': 'SERVING' });
  // The library has no other way to them.
  const kept = health as unknown as {
    readonly watchers: Map<string, Set<unknown>>;
    removeWatcher: (service: string, watcher: unknown) => void;
  };
  kept.removeWatcher = (service, watcher) => {
    const ofService = kept.watchers.get(service);
    ofService?.delete(watcher);
    if (ofService?.size === 0) kept.watchers.delete(service);
  };
  return health;
}
