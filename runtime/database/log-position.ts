/** A position in PostgreSQL's write-ahead log as a number of bytes. Greater means later. */
export type LogPosition = bigint;

const PATTERN = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i;

/**
 * PostgreSQL writes a position as two hexadecimal halves, `16/B374D848`.
 * https://www.postgresql.org/docs/current/datatype-pg-lsn.html
 *
 * @returns nothing when the text is no position
 */
export function parseLogPosition(text: string): LogPosition | undefined {
  const match = PATTERN.exec(text);
  return match === null ? undefined : (BigInt(`0x${match[1]}`) << 32n) | BigInt(`0x${match[2]}`);
}
