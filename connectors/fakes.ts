/** The living fakes that `tombstone demo` plays on where no real server can be had. */
export { startFakePostgres } from './postgres/postgres.fake.ts';
export { startFakeVault } from './vault/vault.fake.ts';
