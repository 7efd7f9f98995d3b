import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Files } from '../core/shelf.js'

const kept = /^([a-z0-9][a-z0-9-]{0,62})\.sqlite$/
/** Nobody else reads what is kept: passwords and tokens may be in it. */
export const ownFile = 0o600

/** A file that was being written. */
const staged = /^\.[a-z0-9][a-z0-9-]{0,62}\.sqlite\.new$/
/** What SQLite puts beside a file. */
const beside = /^([a-z0-9][a-z0-9-]{0,62}\.sqlite)-(wal|shm|journal)$/

/** The SQLite files of a folder, by the names of worlds or snapshots. Whoever makes one has the folder to himself. */
export class FolderFiles implements Files {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Clears away what is of no use to anybody after a server was killed. Only where one was at work, it is none of others’. */
  clear(): void {
    for (const file of readdirSync(this.#folder)) {
      const owner = beside.exec(file)?.[1]
      const isLeftOver = staged.test(file) || (owner !== undefined && !existsSync(join(this.#folder, owner)))
      if (isLeftOver) rmSync(join(this.#folder, file))
    }
  }

  names(): string[] {
    return readdirSync(this.#folder)
      .flatMap((file) => kept.exec(file)?.[1] ?? [])
      .sort()
  }

  pathOf(name: string): string {
    return join(this.#folder, `${name}.sqlite`)
  }

  read(name: string): Buffer {
    return readFileSync(this.pathOf(name))
  }

  /** `ready` is called when nothing is left to be done but to put the new file in the place of the old one. */
  write(name: string, bytes: Buffer, ready: () => void = () => undefined): void {
    const path = join(this.#folder, `.${name}.sqlite.new`)
    try {
      writeFileSync(path, bytes, { flush: true, mode: ownFile })
      ready()
      renameSync(path, this.pathOf(name))
    } catch (error) {
      rmSync(path, { force: true })
      throw error
    }
  }

  remove(name: string): void {
    rmSync(this.pathOf(name))
  }
}
