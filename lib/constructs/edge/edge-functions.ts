import { readFileSync } from 'node:fs';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { Construct } from 'constructs';
import { assertNoProblems } from '../../shared/validation';
import { type Behaviour, isApplication } from './behaviour';

export interface EdgeFunctionsProps {
  /** The rows of the distribution. */
  readonly behaviours: readonly Behaviour[];

  /** Ids of the application origins by region. */
  readonly origins: Readonly<Record<string, string>>;

  /** The region that serves when the key-value store names none. */
  readonly home: string;

  /** Host names that search engines may list; empty allows every host. */
  readonly canonicalHosts: readonly string[];

  /** Policy for HTML documents. */
  readonly contentSecurityPolicy: string;

  /**
   * Cookie with the signed token, for rows that require one.
   *
   * @default - rows must not require a token
   */
  readonly tokenCookie?: string;

  /**
   * Folder of the built functions.
   *
   * @default 'dist/edge'
   */
  readonly folder?: string;
}

// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-functions
const MAX_FUNCTION_BYTES = 10_240;
const SETTINGS_MARK = '__EDGE_SETTINGS__';

/** The functions that run for every request, and the key-value store that operators steer them with. */
export class EdgeFunctions extends Construct {
  public readonly viewerRequest: cloudfront.Function;
  public readonly viewerResponse: cloudfront.Function;

  /**
   * Holds `routing`, `redirect:<path>` and `token-key`. CloudFormation writes the first content only: from then on
   * values are changed through the store's own API, within seconds and without a deployment.
   */
  public readonly store: cloudfront.KeyValueStore;

  public constructor(scope: Construct, id: string, props: EdgeFunctionsProps) {
    super(scope, id);
    const folder = props.folder ?? 'dist/edge';
    const codes = ['viewer-request', 'viewer-response'].map((name) => withSettings(`${folder}/${name}.js`, props));
    assertNoProblems(this, [...validate(props), ...codes.flatMap(({ problems }) => problems)]);

    this.store = new cloudfront.KeyValueStore(this, 'Store', {
      comment: 'routing, redirects and token key of the edge functions',
      source: cloudfront.ImportSource.fromInline(JSON.stringify({ data: [{ key: 'routing', value: '{}' }] })),
    });
    const [request, response] = codes.map(({ code }) => code);
    this.viewerRequest = this.addFunction('ViewerRequest', request ?? '', 'one spelling per URL, routing, maintenance');
    this.viewerResponse = this.addFunction(
      'ViewerResponse',
      response ?? '',
      'headers and cookies that are never cached',
    );
  }

  /** The functions as a behaviour takes them. */
  public get associations(): cloudfront.FunctionAssociation[] {
    return [
      { eventType: cloudfront.FunctionEventType.VIEWER_REQUEST, function: this.viewerRequest },
      { eventType: cloudfront.FunctionEventType.VIEWER_RESPONSE, function: this.viewerResponse },
    ];
  }

  private addFunction(id: string, code: string, comment: string): cloudfront.Function {
    return new cloudfront.Function(this, id, {
      comment,
      runtime: cloudfront.FunctionRuntime.JS_2_0,
      code: cloudfront.FunctionCode.fromInline(code),
      keyValueStore: this.store,
    });
  }
}

/** The settings as the functions know them (`lambda/edge/settings.ts`). */
function settingsOf(props: EdgeFunctionsProps): Record<string, unknown> {
  return {
    paths: props.behaviours.map((behaviour) => ({
      path: behaviour.path.replace(/\*$/, ''),
      query: queryOf(behaviour),
      routed: isApplication(behaviour) || behaviour.kind === 'function-answers',
      pinned: isPinned(behaviour),
      shared: behaviour.kind === 'shared-answers',
      tokenRequired: behaviour.kind === 'personal-answers' && behaviour.tokenRequired === true,
    })),
    origins: props.origins,
    home: props.home,
    tokenCookie: props.tokenCookie ?? '',
    canonicalHosts: props.canonicalHosts,
    contentSecurityPolicy: props.contentSecurityPolicy,
  };
}

/** Query parameters that are kept; on paths that are never cached, all of them. */
function queryOf(behaviour: Behaviour): readonly string[] | 'all' {
  switch (behaviour.kind) {
    case 'shared-answers':
      return behaviour.queryParameters;
    case 'personal-answers':
    case 'function-answers':
      return 'all';
    default:
      return [];
  }
}

/** Whether the row has an origin of its own, whatever region is chosen for the others. */
function isPinned(behaviour: Behaviour): boolean {
  return behaviour.kind === 'function-answers' || (isApplication(behaviour) && behaviour.region !== undefined);
}

function withSettings(file: string, props: EdgeFunctionsProps): { code: string; problems: string[] } {
  const source = read(file);
  if (source === undefined) return { code: '', problems: [`'${file}' does not exist; run \`npm run build\` first`] };
  if (!source.includes(SETTINGS_MARK)) return { code: '', problems: [`'${file}' has no place for its settings`] };
  const code = source.replace(SETTINGS_MARK, () => JSON.stringify(settingsOf(props)));
  const bytes = Buffer.byteLength(code);
  return {
    code,
    problems:
      bytes <= MAX_FUNCTION_BYTES
        ? []
        : [
            `'${file}' must be at most ${MAX_FUNCTION_BYTES} bytes with its settings, got ${bytes}; use fewer behaviours`,
          ],
  };
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function validate({ behaviours, tokenCookie }: EdgeFunctionsProps): string[] {
  const asking = behaviours.filter(
    (behaviour) => behaviour.kind === 'personal-answers' && behaviour.tokenRequired === true,
  );
  if (tokenCookie !== undefined || asking.length === 0) return [];
  return [
    `\`tokenCookie\` must be given, because ${asking.map(({ path }) => `'${path}'`).join(', ')} requires a token`,
  ];
}
