import type { Assembly, Resource } from '../template';

/** What a check found at one resource. */
export interface Finding {
  readonly resource: Resource;
  /** What is wrong and the way out, in one sentence. */
  readonly message: string;
}

/** One rule over a whole platform: plain data, so that the documents and the tests can list it. */
export interface Check {
  /** Stable id, such as `nothing-public`; an acknowledgement names it as `Headroom::nothing-public`. */
  readonly id: string;
  readonly severity: 'error' | 'warning';
  /** What must hold, for a person. */
  readonly rule: string;
  find(assembly: Assembly): readonly Finding[];
}
