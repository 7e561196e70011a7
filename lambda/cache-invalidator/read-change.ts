import { CHANGED_TABLES, InvalidEventError, parseEvent } from '../../runtime/events';

/** What one event makes stale. */
export interface Change {
  readonly tags: readonly string[];
  /** Paths at the CDN that no tag stands for. */
  readonly paths: readonly string[];
  /** Tables whose cached query results are outdated. */
  readonly tables: readonly string[];
}

/** The message is no event, or names what cannot be a tag. It will be none however often it is delivered. */
export class InvalidChangeError extends Error {
  public override readonly name = 'InvalidChangeError';
}

/** A tag that stands for a path, such as `path:/robots.txt` or `path:/files/*`. */
const PATH = 'path:';
/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-tags.html */
const TAG = /^[!-+\--~]{1,256}$/;

/**
 * Reads a message of the queue: an event as EventBridge delivers it.
 *
 * @throws InvalidChangeError with every problem
 */
export function readChange(body: string): Change {
  const { tags, tables } = readEvent(body);
  const paths = tags.filter((tag) => tag.startsWith(PATH)).map((tag) => tag.slice(PATH.length));
  const others = tags.filter((tag) => !tag.startsWith(PATH));
  const problems = [
    ...others
      .filter((tag) => !TAG.test(tag))
      .map((tag) => `a tag must be 1 to 256 visible ASCII characters without commas, got ${shown(tag)}`),
    ...paths
      .filter((path) => !/^\/[!-~]*$/.test(path))
      .map((path) => `a path must begin with / and be visible ASCII characters, got ${shown(path)}`),
  ];
  if (problems.length > 0) throw new InvalidChangeError(problems.join('; '));
  return { tags: others, paths, tables };
}

function readEvent(body: string): Omit<Change, 'paths'> {
  try {
    const envelope: { readonly detail?: { readonly tags?: unknown } } | null = JSON.parse(body);
    const detail = envelope?.detail;
    const tags: unknown[] = Array.isArray(detail?.tags) ? detail.tags : [];
    const long = tags.filter((tag): tag is string => typeof tag === 'string' && tag.length > 256);
    if (long.length > 0) throw new InvalidChangeError(long.map(tooLong).join('; '));
    const event = parseEvent(detail);
    return { tags: event.tags, tables: CHANGED_TABLES[event.type] ?? [] };
  } catch (error) {
    if (error instanceof InvalidChangeError) throw error;
    if (error instanceof InvalidEventError || error instanceof SyntaxError) {
      throw new InvalidChangeError(error.message, { cause: error });
    }
    throw error;
  }
}

const tooLong = (tag: string): string => `a tag must have at most 256 characters, got ${tag.length}: ${shown(tag)}`;

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
