import { open, readdir, stat } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';
import { OrchestrateError } from '../../errors.ts';
import { type FileHead, refusedFormat } from './refused-formats.ts';

/** What a dump is written as. All but `plain` are archives, which pg_restore makes text of. */
export interface DumpFormat {
  readonly kind: 'plain' | 'custom' | 'tar' | 'directory';
  /** Whether that is inside gzip. */
  readonly gzip: boolean;
}

const headBytes = 64 * 1024;

/**
 * What a file is, by its first bytes and, inside gzip, by the first bytes of what it holds. Rejects with `bad-file` for
 * everything but plain text and pg_dump's archives, and the hint says which command makes a plain dump of it; with
 * `usage` when there is no such file.
 */
export async function detectFormat(path: string): Promise<DumpFormat> {
  const head = await readHead(path);
  const isGzip = !head.entries && head.bytes[0] === 0x1f && head.bytes[1] === 0x8b;
  const inner = isGzip ? { ...head, bytes: unzip(head.bytes), gzip: true } : head;
  const archive = archiveKind(inner);
  const refused = archive ? undefined : refusedFormat(inner);
  if (refused) throw new OrchestrateError('bad-file', `${path} is ${refused.what}`, { hint: refused.hint });
  return { kind: archive ?? 'plain', gzip: isGzip };
}

function archiveKind({ bytes, entries }: FileHead): 'custom' | 'tar' | 'directory' | undefined {
  if (entries) return entries.includes('toc.dat') ? 'directory' : undefined;
  if (bytes.toString('latin1', 0, 5) === 'PGDMP') return 'custom';
  return bytes.toString('latin1', 0, 8) === 'toc.dat\0' ? 'tar' : undefined;
}

async function readHead(path: string): Promise<FileHead> {
  try {
    const info = await stat(path);
    if (info.isDirectory()) return { path, bytes: Buffer.alloc(0), entries: await readdir(path) };
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
      return { path, bytes: buffer.subarray(0, bytesRead) };
    } finally {
      await file.close();
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR')
      throw new OrchestrateError('bad-file', `${path} cannot be read: ${code}`, { cause });
    throw new OrchestrateError('usage', `there is no file ${path}`, {
      hint: 'See which backups there are: db-orchestrate list',
      cause,
    });
  }
}

/** As much as the head holds. What is wrong with the gzip itself is found, and said better, when the whole file is read. */
function unzip(bytes: Buffer): Buffer {
  try {
    const held = gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
    return held.length > 0 ? held : gunzipSync(bytes);
  } catch {
    return Buffer.from('damaged');
  }
}
