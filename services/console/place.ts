/** Where the server is found, and what it has to show. */
export interface ServerPlace {
  /** Such as `http://127.0.0.1:4000`. */
  readonly origin: string;
  /** Port of gRPC, if that wire is open. */
  readonly grpcPort: number | undefined;
  /** The wires that are open. */
  readonly wires: ReadonlySet<string>;
  /** Whether `/graphql` is GraphiQL in a browser. */
  readonly graphiql: boolean;
  /** Keys of the demo data, if there are any. */
  readonly demoKeys: { readonly reading: string; readonly writing: string } | undefined;
}

/** The key that the calls show. Defaults to a placeholder. */
export const keyAt = ({ demoKeys }: Pick<ServerPlace, 'demoKeys'>): string =>
  demoKeys?.reading ?? 'YOUR_KEY';
