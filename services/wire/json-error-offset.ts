const string = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"/;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/;
const scalar = new RegExp(`${string.source}|${number.source}|true|false|null`, 'y');

const isSpace = (code: number): boolean =>
  code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

/**
 * Returns where a text stops being JSON (RFC 8259): the offset of the first unexpected token, or
 * the text's length if it ends too early. Only for texts that `JSON.parse` refused, because its
 * messages mostly lack the offset. Undefined if that place lies below `mostLevels`.
 */
export function jsonErrorOffset(text: string, mostLevels: number): number | undefined {
  let at = 0;
  const open: ('{' | '[')[] = [];
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  /** By hand: an expression costs a text of brackets ten times as much. */
  const skipSpace = (): void => {
    while (isSpace(text.charCodeAt(at))) at += 1;
  };
  /** Takes `sign`, where it is the next token. */
  const take = (sign: string): boolean => {
    skipSpace();
    if (text[at] !== sign) return false;
    at += 1;
    return true;
  };
  const takeKey = (): boolean => {
    skipSpace();
    return text[at] === '"' && skip(scalar) && take(':');
  };

  while (open.length <= mostLevels) {
    // A value is due here.
    if (take('{')) {
      if (!take('}')) {
        if (!takeKey()) return at;
        open.push('{');
        continue;
      }
    } else if (take('[')) {
      if (!take(']')) {
        open.push('[');
        continue;
      }
    } else if (!skip(scalar)) return at;
    // A value has ended here: close what it ends, up to the next value that is due.
    for (;;) {
      const inside = open.at(-1);
      if (inside === undefined) {
        skipSpace();
        return at;
      }
      if (take(inside === '{' ? '}' : ']')) {
        open.pop();
        continue;
      }
      if (!take(',')) return at;
      if (inside === '{' && !takeKey()) return at;
      break;
    }
  }
  return undefined;
}
