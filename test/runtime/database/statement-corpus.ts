/**
 * Generates SQL statements, each valid and different, that read or write in every way we know of. Tokens are separated
 * by single spaces; `·` stands for a space inside of a token. The disguise changes case, white space and comments, which
 * must not change what a statement is.
 */
export function corpus(size: number): readonly string[] {
  const random = pseudoRandom(20_261_121);
  const statements = new Set<string>();
  while (statements.size < size) {
    const generator = new StatementGenerator(random);
    statements.add(disguise(generator.statement(), random));
  }
  return [...statements];
}

type Random = () => number;

/** Lehmer's generator with Park and Miller's constants. */
function pseudoRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function pick<T>(random: Random, values: readonly T[]): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
}

const HIDDEN = ["'it''s;·DELETE·FROM·items'", "E'a\\'·FOR·UPDATE'", '$$;·UPDATE·items·$$', "$tag$·'·nextval(1)·$tag$"];

const SCALARS = ['id', 'name', '1', "'text'", 'NULL', 'current_timestamp', '1.5e3', '"update"', ...HIDDEN];

/** Expressions of text or anything, which `#` makes an expression of again. */
const READING_CALLS = [
  'lower ( name )',
  'pg_catalog . upper ( name )',
  'count ( * ) over ( partition by id )',
  'row_number ( ) over ( order by id )',
  'coalesce ( # , # )',
  "date_trunc ( 'day' , now ( ) )",
  "jsonb_build_object ( 'k' , # )",
  'case when id > 1 then # else # end',
  '( select max ( id ) from items )',
  'exists ( select 1 from items where id = 3 )',
  'cast ( id as numeric ( 10 , 2 ) )',
  'id :: varchar ( 20 )',
  'array [ # , # ]',
  'extract ( year from now ( ) )',
  'substring ( name from 1 for 2 )',
  "overlay ( name placing 'x' from 1 for 1 )",
  "trim ( both 'x' from name )",
  "position ( 'a' in name )",
  'greatest ( id , 2 )',
  'concat ( # , # )',
  'id in ( 1 , 2 , 3 )',
  "name like ( 'a' || '%' )",
  '( random ( ) < 2 )',
  'gen_random_uuid ( )',
  "timestamp·with·time·zone '2026-01-01·00:00:00+00' at time zone ( 'UTC' )",
];

/** Each writes, locks, or leaves something behind. */
const WRITING_CALLS = [
  "nextval ( 'items_id_seq' )",
  "setval ( 'items_id_seq' , 5 )",
  'app_write ( id )',
  'public . app_write ( id )',
  '"app_write" ( id )',
  'public . "app_write" ( 1 )',
  'pg_advisory_lock ( 1 )',
  'pg_try_advisory_xact_lock ( 1 )',
  "set_config ( 'a.b' , 'c' , false )",
  "pg_notify ( 'channel' , 'payload' )",
  'pg_catalog . pg_advisory_unlock_all ( )',
  'lo_create ( 0 )',
  'app . lower ( name )',
  "currval ( 'items_id_seq' )",
];

/** `@` is a list of expressions, `#` one, `%` a query in parentheses' stead. */
const READING_STATEMENTS = [
  'select @ from items',
  'select @ from items where # is not null order by 1 limit 5',
  'select distinct on ( id ) @ from items order by id',
  'select @ from items group by id , name , "update"',
  'select count ( * ) filter ( where id > 1 ) from items',
  'select id , count ( * ) from items group by rollup ( id )',
  'select id , count ( * ) from items group by grouping sets ( ( id ) , ( ) )',
  'select * from ( % ) as sub ( a )',
  'select x . * from items as i cross join lateral ( % ) as x ( a )',
  'with c as ( % ) select * from c',
  'with c ( a ) as materialized ( % ) select a from c',
  'with recursive n ( i ) as ( select 1 union all select i + 1 from n where i < 4 ) select i from n',
  'select id from items where id :: text in ( % )',
  '( % ) union all ( % )',
  'select 1 intersect select 2',
  "values ( 'a' , lower ( 'B' ) ) , ( 'c' , 'd' )",
  'select ( values ( # ) ) from items',
  'table items',
  'select * from generate_series ( 1 , 3 ) as g ( n )',
  'select * from jsonb_to_record ( \'{"a":1}\' ) as r ( a int )',
  'select i . id from items i left join items j using ( id ) join items k on ( i . id = k . id )',
  'select @ from items tablesample bernoulli ( 50 )',
  "select string_agg ( name , ',' order by id ) from items",
  "select id from items where not ( id = 1 ) and ( id = 2 or ( name = 'a' ) )",
];

const WRITING_STATEMENTS = [
  "insert into items ( name ) values ( 'a' )",
  'insert into items ( name ) select name from items on conflict do nothing returning id',
  'update items set name = # where id = 1',
  'delete from items where id = 1 returning @',
  'merge into items i using items j on i . id = j . id when matched then delete',
  'with gone as ( delete from items returning id ) select * from gone',
  "with c as ( % ) , put as ( insert into items ( name ) values ( 'x' ) returning id ) select @ from items",
  "with put ( a ) as not materialized ( update items set name = 'b' returning id ) select a from put",
  "with c as ( % ) update items set name = 'c' where id in ( select 1 )",
  'with c as ( % ) delete from items',
  'select @ into other from items',
  'select * into temp scratch from items',
  'select @ from items for update',
  'select @ from items for no key update skip locked',
  'select @ from items for share nowait',
  'select @ from items for key share',
  'select * from ( select * from items for update ) as locked',
  'with c as ( select * from items for share ) select * from c',
  'select 1 ; delete from items',
  '% ; %',
  'create table other as %',
  'create temporary table scratch ( id int )',
  'copy items to stdout',
  'copy ( % ) to stdout',
  'lock table items in share mode',
  'call app_procedure ( )',
  'do $$·begin·perform·1;·end·$$',
  'explain analyze delete from items',
  'truncate items',
  'vacuum items',
  'analyze items',
  'set statement_timeout = 0',
  "set local work_mem = '1MB'",
  'begin',
  'listen channel',
  'notify channel',
  'declare c cursor for %',
  'prepare p as %',
  'execute p',
  'refresh materialized view m',
  'alter table items add column extra int',
  'grant select on items to public',
  'discard all',
];

class StatementGenerator {
  public constructor(private readonly random: Random) {}

  public statement(): string {
    const roll = this.random();
    if (roll < 0.45) return this.fill(pick(this.random, READING_STATEMENTS), 0);
    if (roll < 0.7) return this.fill(pick(this.random, WRITING_STATEMENTS), 0);
    // A query that writes in one of its expressions, however deep.
    return this.fill(
      pick(
        this.random,
        READING_STATEMENTS.filter((one) => /[@#]/.test(one)),
      ),
      0,
      true,
    );
  }

  /** @param dirty whether one of the expressions must write */
  private fill(pattern: string, depth: number, dirty = false): string {
    let owed = dirty;
    return pattern
      .split(' ')
      .map((token) => {
        if (token === '#')
          return this.expression(
            depth,
            this.take(owed, () => (owed = false)),
          );
        if (token === '@')
          return this.list(
            depth,
            this.take(owed, () => (owed = false)),
          );
        return token === '%' ? this.query(depth) : token;
      })
      .join(' ');
  }

  private take(owed: boolean, paid: () => void): boolean {
    if (owed) paid();
    return owed;
  }

  private list(depth: number, dirty: boolean): string {
    const clean = Array.from({ length: Math.floor(this.random() * 3) }, () => this.expression(depth, false));
    return [...clean, this.expression(depth, dirty)].join(' , ');
  }

  private expression(depth: number, dirty: boolean): string {
    if (dirty)
      return depth < 2 && this.random() < 0.5 ? `concat ( ${this.expression(depth + 1, true)} )` : this.writing();
    if (depth >= 2 || this.random() < 0.4) return `concat ( ${pick(this.random, SCALARS)} )`;
    const call = this.fill(pick(this.random, READING_CALLS), depth + 1);
    return `concat ( ${call} )`;
  }

  private writing(): string {
    return pick(this.random, WRITING_CALLS);
  }

  private query(depth: number): string {
    return `select ${this.expression(depth + 1, false)} from items`;
  }
}

const GAPS = ['\n', '\t ', '/* for update */', '-- delete from items\n', '/* a /* nested; */ b */', '  '];

function disguise(statement: string, random: Random): string {
  return statement
    .split(' ')
    .map((token) => (/^[a-z_]+$/.test(token) && random() < 0.3 ? token.toUpperCase() : token).replaceAll('·', ' '))
    .reduce((sql, token) => `${sql}${random() < 0.15 ? pick(random, GAPS) : ' '}${token}`);
}
