import { styleText } from 'node:util';

/** How a terminal shows texts. */
export type Ink = (style: 'bold' | 'dim' | 'green' | 'red' | 'yellow', text: string) => string;

/** For files, pipes and logs. */
export const plain: Ink = (_style, text) => text;

const colours: Ink = (style, text) => styleText(style, text, { validateStream: false });

/** Colours if a person reads them and has not declined (https://no-color.org). */
export const inkFor = (
  { isTTY }: { readonly isTTY: boolean },
  { NO_COLOR }: NodeJS.ProcessEnv = process.env,
): Ink => (isTTY && !NO_COLOR ? colours : plain);
