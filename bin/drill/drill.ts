/** One line of a drill's timeline. */
export interface TimelineEntry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly what: string;
}

/** What a drill found. Times in seconds. */
export interface DrillFindings {
  /** From the incident until all was well. */
  readonly recoverySeconds: number;
  /** As much time of writes was lost. */
  readonly dataLossSeconds: number;
  /** What was counted and compared, by name. */
  readonly measured: Readonly<Record<string, number | string>>;
  /** Why the drill failed; empty when it passed. */
  readonly problems: readonly string[];
}

export interface DrillContext {
  /** Adds a line to the timeline and to what the user sees. */
  readonly tell: (what: string) => void;
  /** 0 to 1: moments are chosen by it, so that each run fails at another one. */
  readonly random: () => number;
}

/** One of the rehearsed disasters. */
export interface Drill {
  readonly name: string;
  /** One line for the help. */
  readonly description: string;
  /** Plays it on this machine. @throws when the rig itself fails */
  local(context: DrillContext): Promise<DrillFindings>;
}
