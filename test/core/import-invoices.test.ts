import { describe, expect, test } from 'vitest';
import { formatNanos, parseNanos } from '../../services/demo/amount.ts';
import { parseInvoices, shopTime } from '../../services/demo/invoices.ts';

const header = 'invoice_no,invoiced_at,customer_id,country,amount_gbp,line_count';
const good = '536365,2010-12-01 08:26:00,17850,United Kingdom,139.12,7';
const utc = (local: string) => new Date(shopTime(local) ?? Number.NaN).toISOString();

describe('the shop’s time', () => {
  test('is UTC in winter and an hour ahead of it in summer', () => {
    expect(utc('2010-12-01 08:26:00')).toBe('2010-12-01T08:26:00.000Z');
    expect(utc('2011-07-26 10:13:00')).toBe('2011-07-26T09:13:00.000Z');
  });

  test('changes at one o’clock on the last Sundays of March and October', () => {
    expect(utc('2011-03-27 00:59:59')).toBe('2011-03-27T00:59:59.000Z');
    expect(utc('2011-03-27 02:00:00')).toBe('2011-03-27T01:00:00.000Z');
    expect(utc('2011-10-30 00:59:59')).toBe('2011-10-29T23:59:59.000Z');
    expect(utc('2011-10-30 02:00:00')).toBe('2011-10-30T02:00:00.000Z');
  });

  test('moves a skipped time forward and takes the first of a time that occurs twice', () => {
    expect(utc('2011-03-27 01:30:00')).toBe('2011-03-27T01:30:00.000Z');
    expect(utc('2011-10-30 01:30:00')).toBe('2011-10-30T00:30:00.000Z');
  });

  test.each([
    '',
    '2011-02-30 10:00:00',
    '2011-01-01T10:00:00Z',
    '2011-1-1 10:00:00',
    '1969-12-31 10:00:00',
  ])('is undefined for the text %j', (text) => expect(shopTime(text)).toBeUndefined());
});

describe('exact pounds', () => {
  test.each([
    ['139.12', '139.12'],
    ['-168469.6', '-168469.60'],
    ['2042.761', '2042.761'],
    ['0', '0.00'],
    ['-0.000000001', '-0.000000001'],
  ])('written as %s are shown as %s', (given, shown) => {
    const nanos = parseNanos(given);
    expect(nanos === undefined ? undefined : formatNanos(nanos)).toBe(shown);
  });

  test.each(['', '1e3', '1,000', '.5', '1.', 'NaN', '0.0000000001'])(
    'do not include %j',
    (text) => {
      expect(parseNanos(text)).toBeUndefined();
    },
  );
});

describe('a file of invoices', () => {
  test('is read into rows with their line numbers', () => {
    const rows = parseInvoices(`\uFEFF${header}\r\n${good}\r\n\r\n${good}\r\n`);
    expect(rows).toEqual([
      {
        line: 2,
        invoiceNo: '536365',
        at: Date.UTC(2010, 11, 1, 8, 26),
        customerId: '17850',
        country: 'United Kingdom',
        amountText: '139.12',
        amount: 139_120_000_000n,
        lines: '7',
      },
      expect.objectContaining({ line: 4 }),
    ]);
  });

  test('may contain a quoted comma and a quote in the middle of a field', () => {
    const rows = parseInvoices(
      `${header}\n1,2011-01-01 10:00:00,,"Korea, South",1,1\n2,2011-01-01 10:00:00,,5" land,1,1\n`,
    );
    expect(rows).toMatchObject([{ country: 'Korea, South' }, { country: '5" land' }]);
  });

  test.each([
    ['invoice_no', ',2011-01-01 10:00:00,1,France,1.00,1', 1_000_000_000n],
    ['invoice_no', 'A-1,2011-01-01 10:00:00,1,France,1.00,1', 1_000_000_000n],
    ['invoiced_at', '1,yesterday,1,France,1.00,1', 1_000_000_000n],
    ['customer_id', '1,2011-01-01 10:00:00,né,France,1.00,1', 1_000_000_000n],
    ['country', '1,2011-01-01 10:00:00,1,,1.00,1', 1_000_000_000n],
    ['amount_gbp', '1,2011-01-01 10:00:00,1,France,one,1', null],
    ['line_count', '1,2011-01-01 10:00:00,1,France,1.00,-1', 1_000_000_000n],
    ['row', '1,2011-01-01 10:00:00,1,France,1.00', null],
    ['row', '1,2011-01-01 10:00:00,1,France,1.00,1,more', null],
  ])('reports the column of an invalid row: %s in %j', (column, row, amount) => {
    const [got, next] = parseInvoices(`${header}\n${row}\n${good}\n`);
    expect(got).toMatchObject({ line: 2, amount, fault: expect.stringMatching(`^${column}: `) });
    expect(next).toMatchObject({ line: 3, invoiceNo: '536365' });
  });

  test.each([
    ['', 'got nothing'],
    ['a,b,c\n1,2,3\n', 'got a,b,c'],
    [`${header}\n1,"2011`, 'Expected a CSV file of invoices'],
  ])('is refused as a whole if it has another format: %j', (text, message) => {
    expect(() => parseInvoices(text)).toThrow(message);
  });
});
