import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startControl } from '../subject/subject.ts';
import { nullConstants } from './constants.ts';

/** Time to start a null server on the machine that the estimates of a plan come from, ms. */
const usualMs = 160;
const times = 3;

/**
 * Measures how much longer this machine takes to start a process than the estimates say, as a
 * factor. The quickest of a few starts counts, because other processes may disturb the others.
 */
export async function measureSlowness(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'fivewire-'));
  try {
    const path = join(folder, 'null.json');
    writeFileSync(path, JSON.stringify(nullConstants));
    let quickestMs = Number.POSITIVE_INFINITY;
    for (let time = 0; time < times; time += 1) {
      const { readyMs, stop } = await startControl('null', path);
      await stop();
      quickestMs = Math.min(quickestMs, readyMs ?? quickestMs);
    }
    return quickestMs / usualMs;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
