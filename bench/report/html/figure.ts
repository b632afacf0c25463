import type {
  Axis,
  BarPicture,
  LinePicture,
  MatrixPicture,
  RatioPicture,
  StackPicture,
  WaterfallPicture,
} from '../../result/picture.ts';
import type { ReportTable } from '../../result/table.ts';
import type { WireName } from '../../result/wires.ts';

/** A picture as the page draws it: questions' pictures, and what only this page adds to them. */
export type Drawing =
  | RatioPicture
  | BarPicture
  | StackPicture
  | WaterfallPicture
  | MatrixPicture
  | Lines;

export interface Lines extends Omit<LinePicture, 'x' | 'y'> {
  readonly x: LinesAxis;
  readonly y: LinesAxis;
  /** Who is best at each x; a map of where the winner changes. */
  readonly winners?: readonly Winner[];
}

export interface LinesAxis extends Omit<Axis, 'scale'> {
  /** `symlog`: as log, with a place for 0. */
  readonly scale: Axis['scale'] | 'symlog';
  /** Says what a number of the axis stands for, if it is not the number itself. */
  readonly textOf?: (value: number) => string;
  /** Ticks instead of those at round numbers. */
  readonly ticks?: readonly { readonly at: number; readonly label: string }[];
}

export interface Winner {
  readonly x: number;
  readonly label: string;
  readonly wire: WireName | null;
  /** Whether its lead over the next is more than noise. */
  readonly isShown: boolean;
}

/** Pictures with what a reader needs to take them apart. */
export interface Figure {
  /** Of the page, and so of its links. */
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly drawings: readonly Drawing[];
  /** What the pictures show, as tables. */
  readonly numbers: readonly ReportTable[];
  /** Scenarios whose code and command stand below the figure. */
  readonly scenarios: readonly string[];
}
