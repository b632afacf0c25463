import { HealthImplementation } from 'grpc-health-check';

/** Health that forgets clients that left: the library keeps every name that was ever watched. */
export function createHealth(): HealthImplementation {
  const health = new HealthImplementation({ '': 'SERVING' });
  // The library offers no other access to them.
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
