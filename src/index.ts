// A config file imports this: nothing here may load more than it must. The functions load what they need when they run.
export type { Proof } from './catalog/manifest.ts';
export type { RetentionPolicy } from './catalog/retention.ts';
export { type BackupConfig, defineConfig, type TargetConfig } from './config/define-config.ts';
export * from './contract/adapter.ts';
export type { RunContext, RunEvent } from './contract/run-context.ts';
export type { Way } from './elsewhere/spawn-through.ts';
export { type Failure, OrchestrateError } from './errors.ts';
export { clientServer, spawnThrough } from './library/adapter-parts.ts';
export { type BackupOptions, backup, type MadeBackup } from './library/backup.ts';
export { defineAdapter } from './library/define-adapter.ts';
export { type ListedBackup, type ListOptions, list } from './library/list.ts';
export { type PruneOptions, prune } from './library/prune.ts';
export { type RestoreOptions, type RestoreSummary, restore } from './library/restore.ts';
export type { RunOptions } from './library/run-options.ts';
export { type VerifiedBackup, type VerifyOptions, verify } from './library/verify.ts';
export type { ClientAccess } from './postgres/client-server.ts';
