import type { Database } from 'better-sqlite3'
import type { StandingPort } from '../core/ports.js'
import { Statement } from './statement.js'

export function standing(db: Database): StandingPort {
  const get = new Statement<[], string>(db, `SELECT value FROM meta WHERE name = 'standing'`).pluck()
  const put = new Statement(
    db,
    `INSERT INTO meta (name, value) VALUES ('standing', ?) ON CONFLICT DO UPDATE SET value = excluded.value`,
  )
  return {
    get: () => get.get(),
    put: (json) => {
      put.run(json)
    },
  }
}
