import type { Rows } from './environment';

/** How to reach the data tier. A secret is named in an error, never quoted. */
export interface DataConfiguration {
  readonly databaseHost: string;
  readonly databasePort: number;
  readonly databaseName: string;
  readonly databaseUser: string;
  readonly databasePassword: string;
  /** `iam` makes a token for every new connection; `password` sends the password, or none when it is empty. */
  readonly databaseAuthentication: string;
  readonly databaseTls: string;
  /** `host[:port]` of one reader endpoint, or `name=host:port,…` of each replica; empty when reads go to the primary. */
  readonly databaseReaders: string;
  /** Who logs in at the reader endpoint; empty for `databaseUser`. */
  readonly databaseReaderUser: string;
  readonly databasePoolMax: number;
  readonly awsRegion: string;
}

export const dataRows: Rows<DataConfiguration> = {
  databaseHost: {
    variable: 'DATABASE_HOST',
    kind: 'required',
    what: 'the host name of the database writer, or of the proxy in front of it',
  },
  databasePort: { variable: 'DATABASE_PORT', kind: 'integer', min: 1, max: 65_535, default: 5432 },
  databaseName: { variable: 'DATABASE_NAME', kind: 'text', default: 'app' },
  databaseUser: { variable: 'DATABASE_USER', kind: 'text', default: 'app_rw' },
  databasePassword: { variable: 'DATABASE_PASSWORD', kind: 'text', default: '' },
  databaseAuthentication: {
    variable: 'DATABASE_AUTHENTICATION',
    kind: 'choice',
    choices: ['password', 'iam'],
    default: 'password',
  },
  databaseTls: { variable: 'DATABASE_TLS', kind: 'choice', choices: ['on', 'off'], default: 'on' },
  databaseReaders: { variable: 'DATABASE_READERS', kind: 'text', default: '' },
  databaseReaderUser: { variable: 'DATABASE_READER_USER', kind: 'text', default: '' },
  databasePoolMax: { variable: 'DATABASE_POOL_MAX', kind: 'integer', min: 1, max: 200, default: 8 },
  awsRegion: { variable: 'AWS_REGION', kind: 'text', default: '' },
};

const READERS = /^[\w.-]+(:\d{1,5})?$|^[\w.-]+=[\w.-]+:\d{1,5}(,[\w.-]+=[\w.-]+:\d{1,5})*$/;

/** What is wrong with how the fields fit together. */
export function dataProblems(data: DataConfiguration): readonly string[] {
  const { databaseReaders, databaseReaderUser, databaseAuthentication, awsRegion, databaseTls } = data;
  const problems: string[] = [];
  if (databaseReaders !== '' && !READERS.test(databaseReaders)) {
    problems.push(`DATABASE_READERS must be 'host', 'host:port' or 'name=host:port,…', got '${databaseReaders}'`);
  }
  if (databaseReaderUser !== '' && (databaseReaders === '' || databaseReaders.includes('='))) {
    problems.push(
      'DATABASE_READER_USER needs one endpoint in DATABASE_READERS that only reads: a replica that is named may be ' +
        'promoted, and then it needs the user that writes',
    );
  }
  if (databaseAuthentication === 'iam' && awsRegion === '') {
    problems.push('AWS_REGION must be set when DATABASE_AUTHENTICATION is iam: the token is made for one region');
  }
  if (databaseAuthentication === 'iam' && databaseTls === 'off') {
    problems.push('DATABASE_TLS must be on when DATABASE_AUTHENTICATION is iam: RDS takes tokens over TLS only');
  }
  return problems;
}

/** The replicas by name, the one endpoint in front of them, or nothing. */
export function readers({ databaseReaders: text, databaseReaderUser: user }: ReaderConfiguration): DataReaders {
  if (text === '') return undefined;
  if (!text.includes('=')) {
    return { endpoint: { name: 'readers', ...address(text), ...(user === '' ? {} : { user }) } };
  }
  return text.split(',').map((entry) => {
    const [name = '', server = ''] = entry.split('=');
    return { name, ...address(server) };
  });
}

interface Address {
  readonly host: string;
  readonly port: number;
}
type Named = Address & { readonly name: string; readonly user?: string };
type ReaderConfiguration = Pick<DataConfiguration, 'databaseReaders' | 'databaseReaderUser'>;
type DataReaders = readonly Named[] | { readonly endpoint: Named } | undefined;

function address(text: string): Address {
  const [host = '', port = '5432'] = text.split(':');
  return { host, port: Number(port) };
}
