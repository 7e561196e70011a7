/** A value and when it was. */
export interface Point {
  readonly ms: number;
  readonly value: number;
}

/** How much of one resource was used, hour by hour. */
export interface ResourceUse {
  /** Such as `service_cpu`; the label of its metric. */
  readonly type: string;
  /** What is counted, such as `tasks`. */
  readonly unit: string;
  /** The most that there can be as configured, in that unit. */
  readonly ceiling: number;
  /** Share of the ceiling up to which it can be used without harm. */
  readonly usable: number;
  /** Field of the configuration that sets the ceiling. */
  readonly field: string;
  /** Share of the ceiling that was in use in each hour, 0 to 1. */
  readonly points: readonly Point[];
}

/** Too little is known for an answer, and why. */
export interface TooLittleData {
  readonly tooLittle: string;
}

export function isTooLittle(answer: object): answer is TooLittleData {
  return 'tooLittle' in answer;
}
