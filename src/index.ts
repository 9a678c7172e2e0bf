export type { RetentionPolicy } from './config/config.ts';
export { type BackupConfig, defineConfig, type TargetConfig } from './config/define-config.ts';
