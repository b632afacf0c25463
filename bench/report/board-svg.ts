/** The name of the board's picture, beside the report. */
export const boardFile = 'board.svg';
