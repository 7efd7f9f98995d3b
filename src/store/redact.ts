import type { Database } from 'better-sqlite3'

/** Every column that holds a JSON text, by table. */
const texts = [
  ['account', 'profile'],
  ['token', 'facts'],
  ['token', 'forged'],
  ['realm', 'facts'],
  ['journal', 'entry'],
] as const

/** Rewrites all JSON texts by `clean`, and drops password hashes, unpublished keys and messages. */
export function redact(db: Database, clean: (json: string) => string): void {
  db.function('clean', { deterministic: true }, (json) => clean(String(json)))
  db.transaction(() => {
    for (const [table, column] of texts)
      db.exec(`UPDATE ${table} SET ${column} = clean(${column}) WHERE ${column} IS NOT NULL`)
    db.exec(`UPDATE account SET password_hash = ''; DELETE FROM signing_key WHERE published = 0; DELETE FROM message`)
  })()
  // Otherwise what was overwritten, now or long ago, stays readable in the unused parts of the file.
  db.exec('VACUUM')
}
