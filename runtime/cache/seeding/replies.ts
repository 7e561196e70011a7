/** A reply of the server; a status such as `OK` is `true`, a reply that is not there `null`. */
export type Reply = true | number | string | null | Error | readonly Reply[];

const [STATUS, ERROR, INTEGER, BULK] = [0x2b, 0x2d, 0x3a, 0x24] as const;
const LINE_FEED = 10;

/**
 * Takes replies of RESP2 off a stream of bytes: https://redis.io/docs/latest/develop/reference/protocol-spec/
 * It makes no text of a status, because a batch of writes is answered by thousands of them.
 */
export class ReplyReader {
  private bytes: Buffer = Buffer.alloc(0);
  private at = 0;

  public push(chunk: Buffer): void {
    this.bytes = this.at === this.bytes.length ? chunk : Buffer.concat([this.bytes.subarray(this.at), chunk]);
    this.at = 0;
  }

  /** The next reply, or `undefined` until all of it has come. */
  public next(): Reply | undefined {
    const before = this.at;
    const reply = this.read();
    if (reply === undefined) this.at = before;
    return reply;
  }

  private read(): Reply | undefined {
    const from = this.at;
    const end = this.bytes.indexOf(LINE_FEED, from);
    if (end === -1) return undefined;
    this.at = end + 1;
    const kind = this.bytes[from];
    if (kind === STATUS) return true;
    const line = this.bytes.toString('latin1', from + 1, end - 1);
    if (kind === ERROR) return new Error(line);
    if (kind === INTEGER) return Number(line);
    return kind === BULK ? this.readText(Number(line)) : this.readList(Number(line));
  }

  private readText(length: number): string | null | undefined {
    if (length < 0) return null;
    const from = this.at;
    if (this.bytes.length < from + length + 2) return undefined;
    this.at = from + length + 2;
    return this.bytes.toString('utf8', from, from + length);
  }

  private readList(length: number): readonly Reply[] | null | undefined {
    if (length < 0) return null;
    const list: Reply[] = [];
    while (list.length < length) {
      const reply = this.read();
      if (reply === undefined) return undefined;
      list.push(reply);
    }
    return list;
  }
}
