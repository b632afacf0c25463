import { readFileSync } from 'node:fs';

interface PackageJson {
  readonly name: string;
  readonly description: string;
  /** Its address, if there is one. */
  readonly repository: string | undefined;
}

const textAt = (value: unknown, key: string): string | undefined => {
  const found = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return typeof found === 'string' ? found : undefined;
};

function readPackage(): PackageJson {
  const path = new URL('../../../package.json', import.meta.url);
  const json: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const whole: unknown =
    typeof json === 'object' && json !== null ? Reflect.get(json, 'repository') : undefined;
  return {
    name: textAt(json, 'name') ?? 'fivewire',
    description: textAt(json, 'description') ?? '',
    repository: textAt(json, 'repository') ?? textAt(whole, 'url'),
  };
}

/** Name, description and repository of the package. */
export const packageJson = readPackage();
