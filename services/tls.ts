import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Config } from './config.ts';

/** Certificate and private key of a server over TLS, PEM. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
}

/** @throws Error if a file cannot be read or is not valid, or the two do not belong together */
export function readTls({ certPath, keyPath }: NonNullable<Config['tls']>): Tls {
  const asCertificate = (pem: string) => new X509Certificate(pem);
  const [cert, certificate] = read('TLS_CERT', certPath, 'a certificate', asCertificate);
  const [key, privateKey] = read('TLS_KEY', keyPath, 'a private key', createPrivateKey);
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new Error(
      `Expected TLS_KEY=${keyPath} to be the key of TLS_CERT=${certPath}, got another.`,
    );
  }
  return { cert, key };
}

function read<Parsed>(
  name: string,
  path: string,
  what: string,
  parse: (pem: string) => Parsed,
): readonly [pem: string, parsed: Parsed] {
  try {
    const pem = readFileSync(path, 'utf8');
    return [pem, parse(pem)];
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${name}=${path}: expected a PEM file of ${what}, got: ${got}`, { cause });
  }
}
