import { generate } from 'selfsigned';

const dayMs = 24 * 60 * 60 * 1000;

/** A certificate that is its own authority, PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** For `localhost` and 127.0.0.1, ECDSA on P-256, valid from yesterday for a year. */
export async function makeCertificate(): Promise<Certificate> {
  // Yesterday, so that it is valid even if clocks differ.
  const notBefore = Date.now() - dayMs;
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(notBefore),
    notAfterDate: new Date(notBefore + 365 * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { cert: made.cert, key: made.private };
}
