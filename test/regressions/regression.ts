/** An input that once broke a room, and the tests that cover it now. */
export interface Regression {
  readonly input: string;
  /** Tests by their file under `test/` and their title in it. */
  readonly tests: readonly (readonly [file: string, title: string])[];
}
