import { defineConfig } from 'db-orchestrate';

export default defineConfig({
  name: 'hnf1b', // file name prefix
  directory: './backups', // relative to this file
  defaultTarget: 'local',
  targets: {
    local: { adapter: 'local-hybrid', url: process.env.DATABASE_URL },
    docker: {
      adapter: 'container',
      container: 'hnf1b_db',
      user: 'hnf1b_user',
      database: 'hnf1b_phenopackets',
    },
  },
  retention: { last: 7 },
});
