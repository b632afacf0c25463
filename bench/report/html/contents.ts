import type { ReportTable } from '../../result/table.ts';
import type { Board } from '../board.ts';
import type { Choice } from '../choose.ts';
import type { Headline } from '../headline.ts';
import type { Judged } from './answers.ts';

/** What the page shares with the other reports. */
export interface Contents {
  readonly headline: Headline;
  readonly board: Board;
  /** The rate that was equal for all, and how busy it kept each server; may be empty. */
  readonly rate: string;
  readonly choices: readonly Choice[];
  readonly judged: readonly Judged[];
  readonly tables: readonly ReportTable[];
  /** How far the baseline is from itself, as factors of at least 1. */
  readonly floors: readonly {
    readonly label: string;
    /** The label in a word or two. */
    readonly short: string;
    readonly factor: number;
  }[];
  /** Where and when it ran. */
  readonly run: readonly string[];
  /** What the numbers do not say. */
  readonly limits: readonly string[];
}
