import { readFile } from 'node:fs/promises';
import { makePage, type WebPage } from './page.ts';

/** A contract that is served as text, so that a browser shows it. */
export interface ContractFile {
  readonly path: string;
  readonly file: URL;
}

const root = new URL('../../', import.meta.url);
const contract = (path: string, file: string): ContractFile => ({
  path,
  file: new URL(file, root),
});

/** The resources that the gRPC contract has a file for. */
export const protoNames = ['payments', 'refunds', 'customers', 'events', 'keys'] as const;

export const contractFiles: readonly ContractFile[] = [
  contract('/docs/asyncapi.yaml', 'schema/asyncapi.yaml'),
  contract('/docs/payments.graphql', 'schema/payments.graphql'),
  ...protoNames.map((name) =>
    contract(`/docs/protos/${name}.proto`, `protos/payments/v1/${name}.proto`),
  ),
];

export const textFile = async ({ file }: ContractFile): Promise<WebPage> =>
  makePage('text/plain; charset=utf-8', await readFile(file), { kept: 'minutes' });
