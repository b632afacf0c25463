/** A JSON value. */
export type YamlValue =
  | string
  | number
  | boolean
  | null
  | readonly YamlValue[]
  | { readonly [name: string]: YamlValue | undefined };

const plainKey = /^[A-Za-z_$][A-Za-z0-9_.$-]*$/;
const reserved = /^(y|n|yes|no|on|off|true|false|null)$/i;

const isBlock = (
  value: YamlValue,
): value is readonly YamlValue[] | { readonly [name: string]: YamlValue } =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0;

/**
 * Formats `value` as YAML 1.2: nested parts as blocks, and every text, number and empty part as
 * JSON, which is valid YAML. A small subset of the language, so parsers cannot disagree about it.
 */
export function toYaml(value: YamlValue, indent = ''): string {
  if (!isBlock(value)) return `${indent}${JSON.stringify(value)}\n`;
  const entries: [head: string, part: YamlValue][] = Array.isArray(value)
    ? value.map((part: YamlValue) => ['-', part])
    : Object.entries(value).flatMap(([name, part]) =>
        part === undefined
          ? []
          : [
              [
                `${plainKey.test(name) && !reserved.test(name) ? name : JSON.stringify(name)}:`,
                part,
              ],
            ],
      );
  return entries
    .map(([head, part]) => {
      if (!isBlock(part)) return `${indent}${head} ${JSON.stringify(part)}\n`;
      const block = toYaml(part, `${indent}  `);
      // The first line of a list item follows its dash.
      return head === '-' ? `${indent}- ${block.trimStart()}` : `${indent}${head}\n${block}`;
    })
    .join('');
}
