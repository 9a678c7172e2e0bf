/**
 * libpq's connection keywords and the environment variable that stands for each (the "Environment Variables"
 * chapter of its manual, up to PostgreSQL 18). A password never reaches argv this way.
 */
export const variableOf: Readonly<Record<string, string>> = {
  host: 'PGHOST',
  hostaddr: 'PGHOSTADDR',
  port: 'PGPORT',
  dbname: 'PGDATABASE',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  passfile: 'PGPASSFILE',
  service: 'PGSERVICE',
  servicefile: 'PGSERVICEFILE',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  options: 'PGOPTIONS',
  application_name: 'PGAPPNAME',
  client_encoding: 'PGCLIENTENCODING',
  channel_binding: 'PGCHANNELBINDING',
  require_auth: 'PGREQUIREAUTH',
  requirepeer: 'PGREQUIREPEER',
  sslmode: 'PGSSLMODE',
  sslnegotiation: 'PGSSLNEGOTIATION',
  sslcompression: 'PGSSLCOMPRESSION',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslcertmode: 'PGSSLCERTMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcrl: 'PGSSLCRL',
  sslcrldir: 'PGSSLCRLDIR',
  sslsni: 'PGSSLSNI',
  ssl_min_protocol_version: 'PGSSLMINPROTOCOLVERSION',
  ssl_max_protocol_version: 'PGSSLMAXPROTOCOLVERSION',
  min_protocol_version: 'PGMINPROTOCOLVERSION',
  max_protocol_version: 'PGMAXPROTOCOLVERSION',
  gssencmode: 'PGGSSENCMODE',
  gsslib: 'PGGSSLIB',
  gssdelegation: 'PGGSSDELEGATION',
  krbsrvname: 'PGKRBSRVNAME',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  load_balance_hosts: 'PGLOADBALANCEHOSTS',
};

/** Keywords that libpq knows but no variable carries; client programs cannot be told them without argv. */
export const withoutVariable: readonly string[] = [
  'fallback_application_name',
  'keepalives',
  'keepalives_idle',
  'keepalives_interval',
  'keepalives_count',
  'tcp_user_timeout',
  'replication',
  'sslpassword',
  'sslkeylogfile',
  'scram_client_key',
  'scram_server_key',
  'oauth_issuer',
  'oauth_client_id',
  'oauth_client_secret',
  'oauth_scope',
];

/** Would change the text of a dump or how it is read: PGCLIENTENCODING=LATIN1 makes a UTF8 dump fail. */
const changesTheDump = new Set(['PGOPTIONS', 'PGCLIENTENCODING', 'PGAPPNAME']);

/** Where and as whom the environment says to connect, without what would change the dump. */
export function connectionVariables(env: Environment): Record<string, string> {
  const wanted = Object.values(variableOf).filter(name => !changesTheDump.has(name));
  return chosen(env, [...wanted, 'PGSYSCONFDIR', 'PGREQUIRESSL']);
}

/** What a URL is completed with: the files that hold passwords and services. */
export function credentialFiles(env: Environment): Record<string, string> {
  return chosen(env, ['PGPASSFILE', 'PGSERVICEFILE', 'PGSYSCONFDIR']);
}

/**
 * The environment without everything that PostgreSQL's programs read from it, PG_COLOR included; by prefix, so
 * that a later libpq's variables are covered too.
 */
export function withoutLibpqVariables(env: Environment): Record<string, string> {
  const others = Object.entries(env).filter(([name]) => !name.startsWith('PG'));
  return Object.fromEntries(others.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

type Environment = Readonly<Record<string, string | undefined>>;

/** An empty variable is one that is not set. */
function chosen(env: Environment, names: readonly string[]): Record<string, string> {
  const pairs = names.map(name => [name, env[name]] as const);
  return Object.fromEntries(pairs.filter((pair): pair is readonly [string, string] => Boolean(pair[1])));
}
