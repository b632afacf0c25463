import type { WireName } from './wires.ts';

/** A picture before it is known how it is drawn. One exporter draws all kinds. */
export type Picture = RatioPicture | BarPicture | StackPicture | LinePicture;

/** Ratios with their intervals beside 1, and the noise floor as a band around it. */
export interface RatioPicture {
  readonly kind: 'ratios';
  /** What is divided by what, such as `gRPC over REST, server CPU a call`. */
  readonly label: string;
  readonly items: readonly {
    readonly label: string;
    readonly wire: WireName | null;
    /** Which ratios are better for the first of the two. */
    readonly better: 'less' | 'more';
    readonly ratio: number;
    readonly low: number | undefined;
    readonly high: number | undefined;
    /** As a factor of at least 1; undefined if none was measured. */
    readonly floor: number | undefined;
  }[];
}

export interface BarPicture {
  readonly kind: 'bars';
  /** With its unit, such as `server CPU, µs a call`. */
  readonly label: string;
  readonly items: readonly {
    readonly label: string;
    readonly wire: WireName | null;
    readonly value: number;
  }[];
}

/** Bars made of parts that add up; parts may be negative. */
export interface StackPicture {
  readonly kind: 'stack';
  readonly label: string;
  readonly items: readonly {
    readonly label: string;
    readonly wire: WireName | null;
    readonly parts: readonly { readonly label: string; readonly value: number }[];
  }[];
}

export interface LinePicture {
  readonly kind: 'lines';
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly {
    readonly label: string;
    readonly wire: WireName | null;
    /** Points that are not valid are drawn hollow. */
    readonly points: readonly { readonly x: number; readonly y: number; readonly valid: boolean }[];
  }[];
  /** Where the winner changes along x, with its interval. */
  readonly crossovers: readonly {
    readonly label: string;
    readonly x: number;
    readonly low: number | undefined;
    readonly high: number | undefined;
  }[];
}

export interface Axis {
  readonly label: string;
  readonly scale: 'linear' | 'log';
}
