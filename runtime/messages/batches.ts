export interface BatchLimits {
  /** Most items of a batch. */
  readonly items: number;
  /** Most bytes of a batch. An item larger than that gets a batch of its own, for the service to refuse. */
  readonly bytes: number;
}

/** Splits items into as few batches as the limits allow, in their order. */
export function batches<T>(all: readonly T[], bytesOf: (item: T) => number, limits: BatchLimits): T[][] {
  const made: T[][] = [];
  let room = 0;
  for (const item of all) {
    const bytes = bytesOf(item);
    const last = made.at(-1);
    if (last !== undefined && last.length < limits.items && bytes <= room) {
      last.push(item);
      room -= bytes;
    } else {
      made.push([item]);
      room = limits.bytes - bytes;
    }
  }
  return made;
}
