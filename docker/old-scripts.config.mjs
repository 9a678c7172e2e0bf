// What the old backup.sh and restore.sh read, and their defaults: the environment first, then an env file.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';

const files = ['.env.docker', 'docker/.env.docker'].filter(file => existsSync(file));
const settings = [process.env, ...files.map(file => parseEnv(readFileSync(file, 'utf8')))];
const setting = name => settings.map(one => one[name]).find(value => value);

export default {
  name: setting('BACKUP_NAME') ?? 'hnf1b',
  directory: resolve(setting('BACKUP_DIR') ?? './backups'),
  targets: {
    docker: {
      adapter: 'container',
      container: setting('DB_CONTAINER') ?? 'hnf1b_db',
      user: setting('POSTGRES_USER') ?? 'hnf1b_user',
      password: setting('POSTGRES_PASSWORD'),
      database: setting('POSTGRES_DB') ?? 'hnf1b_phenopackets',
    },
  },
  retention: { last: 7 },
};
