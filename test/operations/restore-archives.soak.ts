import { allForms, archivesBringBack } from './awkward-archives.ts';

for (const place of ['PostgreSQL of this host', 'PostgreSQL 17', 'a container'] as const)
  archivesBringBack(place, allForms);
