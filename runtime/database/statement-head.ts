/** The first words of a statement, for messages; never its parameters, which may be secret. */
export function head(sql: string): string {
  const line = sql.trim().replaceAll(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}
