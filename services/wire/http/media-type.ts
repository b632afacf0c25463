/** A media type or range: `Content-Type` (RFC 9110 §8.3.1), or one of `Accept` (§12.5.1). */
export interface MediaType {
  /** `type/subtype` in lower case; either may be `*` in a range. */
  readonly name: string;
  /** Values without their quotes, by names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const token = "[!#$%&'*+.^`|~\\w-]+";
/** RFC 9110 §5.6.4: a backslash escapes the character after it. */
const quotedString = '"(?:[^"\\\\]|\\\\.)*"';
const typeName = new RegExp(`^${token}/${token}$`);
const parameter = new RegExp(`^(${token})=(${token}|${quotedString})$`, 's');

/** Splits a list at separators outside of quoted strings. */
function split(text: string, separator: ',' | ';'): string[] {
  const parts: string[] = [];
  let from = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') quoted = !quoted;
    else if (quoted && character === '\\') at += 1;
    else if (!quoted && character === separator) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts.map((part) => part.trim());
}

/** Parses a media type with its parameters; undefined if the text is invalid. */
export function parseMediaType(text: string): MediaType | undefined {
  const [name = '', ...rest] = split(text, ';');
  if (!typeName.test(name)) return undefined;
  const parameters = new Map<string, string>();
  for (const part of rest) {
    // Parameters may be empty (RFC 9110 §5.6.6).
    if (part === '') continue;
    const [, parameterName, value] = parameter.exec(part) ?? [];
    if (parameterName === undefined || value === undefined) return undefined;
    const isQuoted = value.startsWith('"');
    parameters.set(
      parameterName.toLowerCase(),
      isQuoted ? value.slice(1, -1).replace(/\\(.)/gs, '$1') : value,
    );
  }
  return { name: name.toLowerCase(), parameters };
}

/** Parses the media ranges of a list such as `Accept`, in order, and skips invalid ones. */
export const parseMediaTypes = (list: string): readonly MediaType[] =>
  split(list, ',').flatMap((part) => parseMediaType(part) ?? []);

/** The weight of a range, 0 to 1 (RFC 9110 §12.4.2); 0 if it is malformed. */
export function weightOf({ parameters }: MediaType): number {
  const weight = parameters.get('q') ?? '1';
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(weight) ? Number(weight) : 0;
}

/**
 * Whether a type is text in UTF-8 without other parameters than a weight and the only charset that
 * JSON and event streams have (RFC 8259 §8.1, WHATWG HTML §9.2).
 */
export function isPlain({ parameters }: MediaType): boolean {
  for (const [name, value] of parameters) {
    if (name !== 'q' && !(name === 'charset' && /^utf-8$/i.test(value))) return false;
  }
  return true;
}
