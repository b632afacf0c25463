/** A paying person or company. Times are milliseconds since 1970 UTC. */
export interface Customer {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  /** ISO 3166-1 English short name or a shop's own word for it, as the merchant gave it. */
  readonly country: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAt: number;
}
