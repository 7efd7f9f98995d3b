import type BetterSqlite3 from 'better-sqlite3'

/** A statement that is prepared when it is first run: most worlds never run most of them. */
export class Statement<P extends unknown[] = unknown[], R = unknown> {
  readonly #db: BetterSqlite3.Database
  readonly #sql: string
  #prepared: BetterSqlite3.Statement<P, R> | undefined
  #plucks = false

  constructor(db: BetterSqlite3.Database, sql: string) {
    this.#db = db
    this.#sql = sql
  }

  /** Answers the first column instead of a row. */
  pluck(): this {
    this.#plucks = true
    return this
  }

  get(...parameters: P): R | undefined {
    return this.#ready().get(...parameters)
  }

  all(...parameters: P): R[] {
    return this.#ready().all(...parameters)
  }

  run(...parameters: P): BetterSqlite3.RunResult {
    return this.#ready().run(...parameters)
  }

  #ready(): BetterSqlite3.Statement<P, R> {
    if (this.#prepared) return this.#prepared
    // The types of `prepare` ask whether P is a list, which a compiler cannot say of a P that it does not know yet.
    const prepared = this.#db.prepare<P, R>(this.#sql) as BetterSqlite3.Statement<P, R>
    this.#prepared = this.#plucks ? prepared.pluck() : prepared
    return prepared
  }
}
