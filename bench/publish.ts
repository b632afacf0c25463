import { accessSync, constants, mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { renderSideBySide } from '../services/console/side-by-side/page.ts';
import { boardFile, renderBoardSvg } from './report/board-svg.ts';
import { renderHtml } from './report/html/render.ts';
import { writeJson, writeWhole } from './report/json.ts';
import { renderReport } from './report/markdown.ts';
import type { Result } from './result/result.ts';
import { isSmokeTest } from './result/smoke-test.ts';
import type { Request } from './trial/plan.ts';

const root = join(import.meta.dirname, '..');

/** A UTC time to the minute, such as `2026-11-29T1327`; sorts by time, and needs no quotes. */
const stampOf = (time: string): string => time.slice(0, 16).replace(':', '');

/** Whether no flag narrows or changes what a run measures, so that `latest` may show it. */
export const isUnfiltered = ({ only, wires, targets, tls, pairs, loading }: Request): boolean =>
  only.length + wires.length + targets.length === 0 &&
  !tls &&
  [
    pairs,
    loading.perSecond,
    loading.connections,
    loading.rttsMs,
    loading.bytesPerSecond,
    loading.durationMs,
  ].every((value) => value === undefined);

/** Checks before the run that its result can be written. @throws Error if it cannot */
export function checkFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new Error(`--out: expected a folder to write results to, got '${folder}' (${code}).`, {
      cause,
    });
  }
}

/** A new folder, whose name gets a number if it is taken. */
function newFolder(folder: string, name: string): string {
  mkdirSync(folder, { recursive: true });
  for (let count = 1; ; count += 1) {
    const path = join(folder, count === 1 ? name : `${name}-${count}`);
    try {
      mkdirSync(path);
      return path;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    }
  }
}

function write(result: Result, folder: string): void {
  writeJson(join(folder, 'result.json'), result);
  writeWhole(join(folder, 'report.md'), renderReport(result));
  writeWhole(join(folder, 'report.html'), renderHtml(result));
  writeWhole(join(folder, boardFile), renderBoardSvg(result, 'light'));
  const linkOf = (file: string) => relative(folder, join(root, file));
  writeWhole(join(folder, 'compare.html'), renderSideBySide({ linkOf }));
}

interface Publication {
  /** The dated folder that has result and reports. */
  readonly folder: string;
  /** Whether `latest` has them too. */
  readonly isLatest: boolean;
}

/**
 * Writes the result and its reports into a dated folder of their own, and into `latest` too if the
 * run is complete, measured everything, and is no smoke test.
 * @param name follows the date: the part that was run
 */
export function publish(
  result: Result,
  into: { readonly folder: string; readonly startedAt?: string; readonly name?: string },
  unfiltered: boolean,
): Publication {
  const stamp = stampOf(into.startedAt ?? result.startedAt);
  const folder = newFolder(into.folder, into.name ? `${stamp}-${into.name}` : stamp);
  write(result, folder);
  const isLatest = unfiltered && result.complete && !isSmokeTest(result);
  if (isLatest) write(result, join(into.folder, 'latest'));
  return { folder, isLatest };
}

/** Returns the path relative to the working directory, if it is below it. */
export function shownPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

/** The line that says where the result is. */
export function renderPublication({ folder, isLatest }: Publication): string {
  const latest = isLatest ? ', and the same in latest' : '';
  return `Report: ${shownPath(folder)}/report.html (also report.md, result.json${latest})`;
}
