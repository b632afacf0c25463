import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkFolder, isUnfiltered, publish, renderPublication } from '../../bench/publish.ts';
import { readResult } from '../../bench/result/result.ts';
import type { Request } from '../../bench/trial/plan.ts';
import { callCell, resultOf } from './sample-result.ts';

const first = resultOf([callCell('point-read', 'rest')], {
  startedAt: '2026-11-29T13:27:59.000Z',
});
const files = ['board.svg', 'compare.html', 'report.html', 'report.md', 'result.json'];

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bench-results-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

const latestIn = (folder: string) => readResult(join(folder, 'latest', 'result.json'));

describe('the results of a run', () => {
  test('go to a folder that is named after its start, and to latest', () => {
    const folder = temporaryFolder();
    const published = publish(first, { folder }, true);
    expect(readdirSync(folder).sort()).toEqual(['2026-11-29T1327', 'latest']);
    expect(readdirSync(published.folder).sort()).toEqual(files);
    expect(readdirSync(join(folder, 'latest')).sort()).toEqual(files);
    expect(latestIn(folder)).toEqual(first);
    expect(renderPublication(published)).toContain('2026-11-29T1327/report.html');
  });

  test('replace no other run of the same minute', () => {
    const folder = temporaryFolder();
    publish(first, { folder }, false);
    publish({ ...first, complete: false }, { folder }, false);
    publish(first, { folder, name: 'board' }, false);
    expect(readdirSync(folder).sort()).toEqual([
      '2026-11-29T1327',
      '2026-11-29T1327-2',
      '2026-11-29T1327-board',
    ]);
    expect(readResult(join(folder, '2026-11-29T1327', 'result.json'))).toEqual(first);
  });

  test.each([
    ['is interrupted', { ...first, complete: false }, true],
    ['is a smoke test', { ...first, options: { ...first.options, effort: 'quick' } }, true],
    ['measures a part', first, false],
  ] as const)('do not move latest if the run %s', (_why, result, unfiltered) => {
    const folder = temporaryFolder();
    publish(first, { folder }, true);
    const { isLatest } = publish(
      { ...result, startedAt: first.finishedAt },
      { folder },
      unfiltered,
    );
    expect(isLatest).toBe(false);
    expect(latestIn(folder)).toEqual(first);
    expect(readdirSync(folder)).toHaveLength(3);
  });

  test('leave the files of former versions alone', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'latest.json'), 'kept');
    publish(first, { folder }, true);
    expect(readFileSync(join(folder, 'latest.json'), 'utf8')).toBe('kept');
  });

  test('of a smoke test say so on top of every report', () => {
    const folder = temporaryFolder();
    const quick = { ...first, options: { ...first.options, effort: 'quick' as const } };
    const texts = (result: typeof first) => {
      const { folder: dated } = publish(result, { folder }, false);
      return ['report.md', 'report.html'].map((name) => readFileSync(join(dated, name), 'utf8'));
    };
    for (const text of texts(quick)) expect(text).toContain('Smoke test');
    for (const text of texts(first)) expect(text).not.toContain('Smoke test');
  });

  test('need a folder that can be written, which is checked before the run', () => {
    const folder = temporaryFolder();
    checkFolder(join(folder, 'new', 'one'));
    expect(existsSync(join(folder, 'new', 'one'))).toBe(true);
    writeFileSync(join(folder, 'file'), '');
    expect(() => checkFolder(join(folder, 'file'))).toThrow(/--out: expected a folder .*file/);
  });
});

describe('a run is of everything', () => {
  const request: Request = {
    only: [],
    wires: [],
    seed: 1,
    loading: { effort: 'normal' },
    tls: false,
    targets: [],
  };

  test('without flags, or with another seed or effort', () => {
    expect(isUnfiltered({ ...request, seed: 3, loading: { effort: 'full' } })).toBe(true);
  });

  test.each<Partial<Request>>([
    { only: ['screen'] },
    { wires: ['grpc'] },
    { pairs: 3 },
    { tls: true },
    { targets: [{ wire: 'rest', host: 'localhost', port: 1, tls: false }] },
    { loading: { effort: 'normal', perSecond: 100 } },
    { loading: { effort: 'normal', connections: 8 } },
    { loading: { effort: 'normal', rttsMs: [0] } },
    { loading: { effort: 'normal', bytesPerSecond: 1000 } },
    { loading: { effort: 'normal', durationMs: 1000 } },
  ])('and not with %j', (more) => {
    expect(isUnfiltered({ ...request, ...more })).toBe(false);
  });
});
