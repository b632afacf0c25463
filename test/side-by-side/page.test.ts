import { describe, expect, test } from 'vitest';
import { wires } from '../../services/config.ts';
import {
  absenceOf,
  callsOf,
  comparedWires,
  groups,
} from '../../services/console/side-by-side/compared.ts';
import { renderSideBySide } from '../../services/console/side-by-side/page.ts';
import { operations } from '../../services/core/operations.ts';

const html = renderSideBySide();
const names = groups.flatMap((group) => group.names);
const sections = html.split('<section ').slice(1);

describe('the side-by-side page', () => {
  test('has at most 500 kB', () => {
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(500_000);
  });

  test('shows every operation, and the screen that takes several', () => {
    expect(names.toSorted()).toEqual([...Object.keys(operations), 'screen'].sort());
    expect(sections.map((section) => /^id=(\w+)/.exec(section)?.[1])).toEqual(names);
  });

  test('finds every piece of code that it shows', () => {
    expect(html.match(/Not found: [^<]*/g)).toBeNull();
    expect(html).not.toContain('not part of this installation');
  });

  test.each(names)('has a column for each wire of %s, or says why not', (name) => {
    const section = sections[names.indexOf(name)] ?? '';
    expect([...comparedWires].sort()).toEqual([...wires].sort());
    for (const wire of wires) {
      const why = absenceOf(name, wire);
      const hasColumn = callsOf(name)?.get('ok')?.has(wire) === true;
      expect([wire, hasColumn]).toEqual([wire, why === undefined]);
      expect(section).toContain(why ?? `<div class="w ${wire}">`);
    }
  });

  test('shows what a call costs, with its range, where the committed run measured it', () => {
    for (const name of ['getPayment', 'createPayment', 'screen', 'watchEvents'] as const) {
      const section = sections[names.indexOf(name)] ?? '';
      expect(section).toMatch(/<h3>Server CPU of [a-z 0-9]+<\/h3>/);
      expect(section).toMatch(/<p class=z>[\d,.]+ µs<\/p>/);
      expect(section).toMatch(/[\d,.]+ to [\d,.]+ µs/);
    }
  });

  test('runs no script and loads nothing', () => {
    expect(html).not.toMatch(/<script|<link|<img|\bsrc=|url\(|@import|\son\w+=|\sstyle=/);
    expect(html).toContain("default-src 'none'");
  });

  test('reads every header and field of the captures by its name', () => {
    const calls = names.flatMap((name) => [...(callsOf(name)?.values() ?? [])]);
    const lines = calls
      .flatMap((byWire) => [...byWire.values()])
      .flatMap(({ request, response }) => [...request.lines, ...response.lines]);
    expect(lines.length).toBeGreaterThan(1000);
    expect(lines.filter(({ name }) => name?.includes('?'))).toEqual([]);
    const status = lines.filter(({ name }) => name === 'grpc-status');
    expect(status.filter(({ text }) => !/^\d+ \([A-Z_]+\)$/.test(text))).toEqual([]);
  });

  test('counts the bytes of a message as its capture has them', () => {
    const read = callsOf('getPayment')?.get('ok');
    expect(read?.get('rest')?.response.bytes).toBe(1043);
    expect(read?.get('grpc')?.response.notes[0]).toContain('192 bytes');
    // The preface, SETTINGS and its acknowledgement.
    expect(read?.get('grpc')?.request.notes[1]).toContain('48 bytes');
    // Two bytes of header, four of mask and 97 of JSON.
    expect(read?.get('websocket')?.request.bytes).toBe(103);
  });
});
