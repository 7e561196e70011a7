import { type OpenApiDocument, operationOf } from './openapi-document';

/** One row: who may ask what, and which function answers. */
export interface ApiRoute {
  /** Partners come with a key through the REST API, everybody else through the HTTP API. */
  readonly who: 'partners' | 'visitors';

  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'ANY';

  /** With variables in braces, such as `/api/items/{id}`; `{rest+}` at its end takes everything below. */
  readonly path: string;

  /** Name of the function that answers. */
  readonly function: string;
}

/** What the rows are checked against. */
export interface RouteContext {
  /** Names of the functions that there are. */
  readonly functions: readonly string[];

  /** What the functions answer; requests of partners are validated by it. */
  readonly document: OpenApiDocument;
}

const PATH = /^(\/([\w.~-]+|\{\w+\}))*(\/\{\w+\+\})?$/;

/** Problems of the rows: syntax, rows that hide each other, functions and operations that are not there. */
export function routeProblems(routes: readonly ApiRoute[], context: RouteContext): string[] {
  return routes.flatMap((route, index) => {
    const name = `\`routes[${index}]\` (${route.method} ${route.path})`;
    const before = routes.slice(0, index).filter(({ who }) => who === route.who);
    return [
      ...pathProblems(name, route.path),
      ...functionProblems(name, route, context),
      ...documentProblems(name, route, context),
      ...duplicateProblems(name, route, before),
      ...variableProblems(name, route, before),
    ];
  });
}

function pathProblems(name: string, path: string): string[] {
  return path !== '' && PATH.test(path)
    ? []
    : [`${name} must have a path such as /api/items/{id}, with {rest+} only at its end`];
}

function functionProblems(name: string, route: ApiRoute, { functions }: RouteContext): string[] {
  return functions.includes(route.function)
    ? []
    : [`${name} has no handler: \`function\` must be one of ${functions.join(', ')}, got '${route.function}'`];
}

function documentProblems(name: string, { who, method, path }: ApiRoute, { document }: RouteContext): string[] {
  if (who !== 'partners' || operationOf(document, method, path) !== undefined) return [];
  return [
    `${name} is for partners, whose requests are validated, but the OpenAPI document of the service does not have it`,
  ];
}

function duplicateProblems(name: string, route: ApiRoute, before: readonly ApiRoute[]): string[] {
  return before.some(({ method, path }) => method === route.method && path === route.path)
    ? [`${name} is there twice for ${route.who}; keep one`]
    : [];
}

/** A REST API has one variable in one place: `/items/{id}` and `/items/{name}/parts` cannot both be. */
function variableProblems(name: string, route: ApiRoute, before: readonly ApiRoute[]): string[] {
  if (route.who !== 'partners') return [];
  const segments = route.path.split('/');
  return segments.flatMap((segment, index) => {
    const start = segments.slice(0, index).join('/');
    const other = before
      .map(({ path }) => path.split('/'))
      .find((theirs) => theirs.slice(0, index).join('/') === start && isOtherVariable(segment, theirs[index]));
    return other === undefined
      ? []
      : [
          `${name} calls a variable ${segment} that '${other.join('/')}' calls ${other[index]}; a REST API knows one name`,
        ];
  });
}

function isOtherVariable(segment: string, other: string | undefined): boolean {
  return other !== undefined && segment.startsWith('{') && other.startsWith('{') && segment !== other;
}
