import { chown } from 'node:fs/promises';

const nobody = 65534;

/** Does the work as a user who may not read everything, whom the folder belongs to: root becomes nobody meanwhile. */
export async function unprivileged<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  if (process.geteuid?.() !== 0) return work();
  await chown(folder, nobody, nobody);
  process.seteuid!(nobody);
  try {
    return await work();
  } finally {
    process.seteuid!(0);
  }
}
