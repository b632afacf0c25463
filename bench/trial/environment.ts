import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, release, totalmem, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import { canPin } from '../process/child.ts';
import type { Environment } from '../result/result.ts';
import { cpuMicrosOf } from '../subject/meter.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function git(...args: readonly string[]): string | undefined {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return undefined;
  }
}

/** The versions that package.json pins: what `npm ci` installed. */
function packages(): Record<string, string> {
  const { dependencies, devDependencies } = JSON.parse(textOf(`${root}/package.json`) ?? '{}');
  return { ...dependencies, ...devDependencies };
}

/** Everything about this machine and this working copy that a reader may want to argue with. */
export function readEnvironment(): Environment {
  const [first] = cpus();
  const changes = git('status', '--porcelain');
  const hypervisor = /^flags\b.*\bhypervisor\b/m.test(textOf('/proc/cpuinfo') ?? '');
  return {
    machine: hypervisor ? 'virtual' : 'physical, or not known to be virtual',
    platform: `${platform()} ${arch()}`,
    kernel: `${type()} ${release()}`,
    cpuModel: first?.model ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    governor: textOf('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor') ?? null,
    pinned: canPin,
    cpuAccount:
      cpuMicrosOf(process.pid) === undefined
        ? "the server's own process.cpuUsage()"
        : 'scheduler, nanoseconds (/proc/PID/task/TID/schedstat)',
    loadBefore: loadavg()[0] ?? 0,
    node: process.version,
    packages: packages(),
    revision: git('rev-parse', 'HEAD') ?? null,
    modified: changes === undefined ? null : changes !== '',
  };
}
