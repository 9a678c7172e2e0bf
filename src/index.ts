export type { RetentionPolicy } from './catalog/retention.ts';
export { type BackupConfig, defineConfig, type TargetConfig } from './config/define-config.ts';
