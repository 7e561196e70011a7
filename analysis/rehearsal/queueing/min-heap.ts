/** A binary heap of numbers with one number of payload each, smallest key first, without an object per entry. */
export class MinHeap {
  public size = 0;
  private keys = new Float64Array(64);
  private values = new Float64Array(64);

  /** The smallest key; infinite when the heap is empty. */
  public get first(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : (this.keys[0] as number);
  }

  public get firstValue(): number {
    return this.values[0] as number;
  }

  public push(key: number, value: number): void {
    if (this.size === this.keys.length) this.grow();
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((this.keys[parent] as number) <= key) break;
      this.move(parent, at);
      at = parent;
    }
    this.keys[at] = key;
    this.values[at] = value;
  }

  public pop(): void {
    this.size -= 1;
    if (this.size > 0) this.sink(this.keys[this.size] as number, this.values[this.size] as number);
  }

  /** Puts another entry in the place of the smallest. */
  public replaceFirst(key: number, value: number): void {
    this.sink(key, value);
  }

  /** Drops an entry that is not the smallest, if there is one. */
  public dropLast(): void {
    if (this.size > 1) this.size -= 1;
  }

  /** By how much the keys exceed `limit`, added up. */
  public excess(limit: number): number {
    let sum = 0;
    for (let at = 0; at < this.size; at++) sum += Math.max(0, (this.keys[at] as number) - limit);
    return sum;
  }

  private sink(key: number, value: number): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && (this.keys[child + 1] as number) < (this.keys[child] as number)) child += 1;
      if ((this.keys[child] as number) >= key) break;
      this.move(child, at);
      at = child;
    }
    this.keys[at] = key;
    this.values[at] = value;
  }

  private move(from: number, to: number): void {
    this.keys[to] = this.keys[from] as number;
    this.values[to] = this.values[from] as number;
  }

  private grow(): void {
    const keys = new Float64Array(2 * this.keys.length);
    const values = new Float64Array(2 * this.values.length);
    keys.set(this.keys);
    values.set(this.values);
    this.keys = keys;
    this.values = values;
  }
}
