/** One step of the schema. Never edited once it is released: what is wrong is put right by the next one. */
export interface Migration {
  /** Number and name; steps run in the order of {@link file://./index.ts}. */
  readonly id: string;
  /** Statements, run in one transaction with those of the other new steps. */
  readonly sql: string;
}
