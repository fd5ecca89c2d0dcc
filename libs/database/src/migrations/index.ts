export { checkMigrations, createMigration, diffMigrations, migrateDeploy } from './migrate.ts';
