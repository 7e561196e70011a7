import type { EnvironmentChange } from './environment-change';

/** From what stops a deployment to what is only good to know. */
export const SEVERITIES = ['danger', 'warning', 'note'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** In the order in which a reviewer asks. */
export const SECTIONS = ['data', 'security', 'capacity', 'objectives'] as const;
export type Section = (typeof SECTIONS)[number];

/** What a rule found at one place. */
export interface Observation {
  /** Construct path without the environment: `Data/Database/Cluster`. */
  readonly at: string;
  /** The property, or what happened. */
  readonly what: string;
  readonly from?: string;
  readonly to?: string;
  /** What a reader needs to know besides. */
  readonly detail?: string;
}

/** One thing a review looks for: plain data, so that the documents and the tests can list it. */
export interface Rule {
  /** Stable id, such as `data-replaced`. */
  readonly id: string;
  readonly section: Section;
  /** `danger` makes the exit code 1. */
  readonly severity: Severity;
  /** What it reports, as a statement about the change. */
  readonly finds: string;
  readonly why: string;
  readonly wayOut: string;
  readonly find: (change: EnvironmentChange) => readonly Observation[];
}
