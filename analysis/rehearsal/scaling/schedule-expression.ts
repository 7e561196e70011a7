/** A schedule that cannot be read; the message names the expression and the rule. */
export class ScheduleError extends Error {
  public override readonly name = 'ScheduleError';
}

/** The fields of a minute in a time zone. */
interface LocalMinute {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  /** 1 is Sunday, as in AWS cron. */
  readonly weekday: number;
  readonly year: number;
  readonly daysInMonth: number;
}

type Matcher = (local: LocalMinute) => boolean;

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const UNIT_MINUTES: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 1440 };

/** Says whether a scheduled action is due in a given minute. */
export class Schedule {
  private readonly fields: Intl.DateTimeFormat;
  private readonly due: (epochMinute: number, local: () => LocalMinute) => boolean;

  /**
   * @param expression `cron(minute hour day month weekday year)`, `rate(n unit)` or `at(yyyy-mm-ddThh:mm:ss)`
   * @param timeZone IANA name; daylight saving time is followed
   * @throws {ScheduleError} when the expression or the time zone cannot be read
   */
  public constructor(expression: string, timeZone = 'Etc/UTC') {
    try {
      this.fields = new Intl.DateTimeFormat('en-US', {
        timeZone,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
      });
    } catch (error) {
      throw new ScheduleError(`'${timeZone}' is no IANA time zone`, { cause: error });
    }
    this.due = read(expression);
  }

  /** Whether the action is due in the minute that begins at `epochSeconds`. */
  public isDue(epochSeconds: number): boolean {
    return this.due(Math.floor(epochSeconds / 60), () => this.local(epochSeconds));
  }

  private local(epochSeconds: number): LocalMinute {
    const part: Record<string, number> = {};
    for (const { type, value } of this.fields.formatToParts(epochSeconds * 1000)) part[type] = Number(value);
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = part;
    const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
    return { year, month, day, hour, minute, weekday, daysInMonth: new Date(Date.UTC(year, month, 0)).getUTCDate() };
  }
}

function read(expression: string): (epochMinute: number, local: () => LocalMinute) => boolean {
  const groups = /^(?<kind>cron|rate|at)\((?<body>.+)\)$/.exec(expression.trim())?.groups;
  const body = groups?.['body'] ?? '';
  switch (groups?.['kind']) {
    case 'cron': {
      const due = cron(expression, body);
      return (_, local) => due(local());
    }
    case 'rate':
      return rate(expression, body);
    case 'at':
      return at(expression, body);
    default:
      throw new ScheduleError(`cannot read the schedule '${expression}': use cron(…), rate(…) or at(…)`);
  }
}

function rate(expression: string, body: string): (epochMinute: number) => boolean {
  const [count = '', unit = ''] = body.trim().split(/\s+/);
  const minutes = (UNIT_MINUTES[unit.replace(/s$/, '')] ?? Number.NaN) * Number(count);
  if (!(minutes >= 1)) throw new ScheduleError(`cannot read the schedule '${expression}': rate(n minutes|hours|days)`);
  return (epochMinute) => epochMinute % minutes === 0;
}

function at(expression: string, body: string): (epochMinute: number, local: () => LocalMinute) => boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::\d\d)?$/.exec(body.trim());
  if (match === null) throw new ScheduleError(`cannot read the schedule '${expression}': at(yyyy-mm-ddThh:mm:ss)`);
  const [year, month, day, hour, minute] = match.slice(1).map(Number);
  return (_, local) => {
    const now = local();
    return now.year === year && now.month === month && now.day === day && now.hour === hour && now.minute === minute;
  };
}

function cron(expression: string, body: string): Matcher {
  const parts = body.trim().split(/\s+/);
  if (parts.length !== 6) {
    throw new ScheduleError(`cannot read the schedule '${expression}': cron has 6 fields, got ${parts.length}`);
  }
  const [minute = '', hour = '', day = '', month = '', weekday = '', year = ''] = parts;
  const matchers: Matcher[] = [
    field(expression, minute, 0, 59, (local) => local.minute),
    field(expression, hour, 0, 23, (local) => local.hour),
    day === 'L' ? (local) => local.day === local.daysInMonth : field(expression, day, 1, 31, (local) => local.day),
    field(expression, month, 1, 12, (local) => local.month, MONTHS),
    field(expression, weekday, 1, 7, (local) => local.weekday, WEEKDAYS),
    field(expression, year, 1970, 2199, (local) => local.year),
  ];
  return (local) => matchers.every((matches) => matches(local));
}

/** `*`, `?`, lists, ranges, steps and names of one cron field. */
function field(
  expression: string,
  text: string,
  low: number,
  high: number,
  pick: (local: LocalMinute) => number,
  names: readonly string[] = [],
): Matcher {
  if (text === '*' || text === '?') return () => true;
  const allowed = new Set<number>();
  const number = (word: string): number => {
    const named = names.indexOf(word.toUpperCase());
    const value = named >= 0 ? named + 1 : Number(word);
    if (!Number.isInteger(value) || value < low || value > high) {
      throw new ScheduleError(`cannot read the schedule '${expression}': '${word}' is not in ${low}–${high}`);
    }
    return value;
  };
  for (const item of text.split(',')) {
    const [range = '', step] = item.split('/');
    const [from = '', to] = range.split('-');
    const first = range === '*' ? low : number(from);
    const last = to !== undefined ? number(to) : range === '*' || step !== undefined ? high : first;
    const by = step === undefined ? 1 : Number(step);
    if (!(by >= 1)) throw new ScheduleError(`cannot read the schedule '${expression}': step '${step}'`);
    for (let value = first; value <= last; value += by) allowed.add(value);
  }
  return (local) => allowed.has(pick(local));
}
