import { tokenize } from '../database/sql-lexer';

/**
 * A statement or a condition without the values in it: strings and numbers become `?`, comments go. Whatever cannot be
 * read as SQL goes altogether: it may be all values. Parameters such as `$1` stay.
 */
export function withoutLiterals(sql: string): string {
  const tokens = tokenize(sql);
  if (tokens === undefined) return '(not readable as SQL)';
  const words = tokens.map(({ kind, text }) => {
    if (kind === 'string' || kind === 'number') return '?';
    return kind === 'name' && !text.includes('"') ? `"${text}"` : text;
  });
  return words
    .join(' ')
    .replaceAll(': :', '::')
    .replace(/ ?(::|\.) ?/g, '$1')
    .replace(/ ([,;)\]])/g, '$1')
    .replace(/([([]) /g, '$1')
    .replace(/([<>!]) =/g, '$1=')
    .replaceAll('@ @', '@@');
}
