import type { WireName } from './wires.ts';

/** A picture before it is known how it is drawn. One exporter draws all kinds. */
export type Picture =
  | RatioPicture
  | BarPicture
  | StackPicture
  | WaterfallPicture
  | LinePicture
  | MatrixPicture;

/** Ratios of one measure with their intervals beside 1, and the noise floor as a band around it. */
export interface RatioPicture {
  readonly kind: 'ratios';
  /** The measure, such as `server CPU of a call at equal rate`. */
  readonly label: string;
  /** Names of what is divided and of what it is divided by, such as `gRPC` and `REST`. */
  readonly contender: string;
  readonly baseline: string;
  /** Which ratios are better for the contender. */
  readonly better: 'less' | 'more';
  readonly items: readonly {
    readonly label: string;
    readonly wire: WireName | null;
    readonly ratio: number;
    readonly low: number | undefined;
    readonly high: number | undefined;
    /** As a factor of at least 1; undefined if none was measured. */
    readonly floor: number | undefined;
    /** Whether the noise floor allows a comparison. Defaults to true. */
    readonly isComparable?: boolean;
  }[];
}

export interface BarPicture {
  readonly kind: 'bars';
  /** With its unit, such as `server CPU, µs a call`. */
  readonly label: string;
  /** Of each number, such as `µs`. */
  readonly unit: string;
  readonly items: readonly {
    readonly label: string;
    readonly wire: WireName | null;
    readonly value: number;
    /** The range in which the value was found. Not drawn if omitted. */
    readonly low?: number;
    readonly high?: number;
  }[];
}

/** Bars made of parts that add up; parts may be negative. */
export interface StackPicture {
  readonly kind: 'stack';
  readonly label: string;
  readonly unit: string;
  readonly items: readonly {
    readonly label: string;
    readonly wire: WireName | null;
    readonly parts: readonly { readonly label: string; readonly value: number }[];
  }[];
}

/** Steps that lead from one total to another; a step may be negative. */
export interface WaterfallPicture {
  readonly kind: 'waterfall';
  readonly label: string;
  readonly unit: string;
  /** Where the steps begin. Omit it if they begin at 0. */
  readonly start?: WaterfallTotal;
  readonly steps: readonly {
    readonly label: string;
    readonly value: number;
    /** 95 % interval of the step. */
    readonly low: number | undefined;
    readonly high: number | undefined;
  }[];
  /** The start and all steps added up. */
  readonly end: WaterfallTotal;
  /** Where the axis ends, so that pictures beside each other have one range. Optional. */
  readonly reach?: number;
}

export interface WaterfallTotal {
  readonly label: string;
  readonly wire: WireName | null;
  readonly value: number;
}

export interface LinePicture {
  readonly kind: 'lines';
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly {
    readonly label: string;
    readonly wire: WireName | null;
    /** Points that are not valid are drawn hollow, and no line goes through them. */
    readonly points: readonly { readonly x: number; readonly y: number; readonly valid: boolean }[];
  }[];
  /** Where the winner changes along x. A crossing without an interval is not shown to be one. */
  readonly crossovers: readonly {
    readonly label: string;
    readonly x: number;
    readonly low: number;
    readonly high: number;
  }[];
}

export interface Axis {
  /** With its unit, such as `round-trip time, ms`. */
  readonly label: string;
  readonly unit: string;
  readonly scale: 'linear' | 'log';
}

/** Texts by row and column, such as the shape of each error on each wire. */
export interface MatrixPicture {
  readonly kind: 'matrix';
  readonly label: string;
  readonly columns: readonly { readonly label: string; readonly wire: WireName | null }[];
  readonly rows: readonly { readonly label: string; readonly cells: readonly string[] }[];
}
