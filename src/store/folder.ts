import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Store } from '../core/ports.js'
import { DataError, dataError, type Files, type Shelf } from '../core/shelf.js'
import { AuthorityFiles } from './authority-files.js'
import { FolderFiles, ownFile } from './files.js'
import { imageOf, inspectKeptStore, type KeptStore, openKeptStore } from './kept-store.js'
import { openRegister, type Register } from './register.js'

export interface FolderOptions {
  readonly path: string
  /** What its worlds are to draw from, if that is not left to the folder. */
  readonly seed?: number | undefined
  /** Where neither says it. */
  readonly drawSeed: () => number
}

/** How the system and SQLite say that somebody may not do what he wants to. */
const denied = /^(EACCES|EPERM|EROFS|SQLITE_READONLY|SQLITE_CANTOPEN)/

const isDenied = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && denied.test(String(error.code))

/** Does something with a file or folder, and names it where that fails. Throws `DataError` and `DataInUse`. */
function using<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw dataError(path, isDenied(error) ? new Error('this process may not read and write it') : error)
  }
}

const ownFolder = 0o700

/** Nothing else tells whether something can be written: rights are not all that stands in the way. */
const assertWritable = (folder: string): void => rmdirSync(mkdtempSync(join(folder, '.try-')))

function makeFolder(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) mkdirSync(path, { mode: ownFolder })
  else if (!found.isDirectory()) throw new DataError('expected a folder')
  assertWritable(path)
}

/** Makes a file that only its owner can read, before SQLite would make it; answers whether there was none. */
function makeFile(path: string): boolean {
  // One that is there is not even opened: whoever has it locked in this process would lose the lock.
  const isNew = !existsSync(path)
  if (isNew) closeSync(openSync(path, 'a', ownFile))
  return isNew
}

/** A folder that keeps the worlds and snapshots of one server, each in a SQLite file. */
export class Folder implements Shelf {
  readonly path: string
  readonly seed: number
  readonly snapshots: Files
  readonly authority: AuthorityFiles
  readonly #worlds: FolderFiles
  readonly #register: Register
  readonly #open = new Map<string, KeptStore>()

  /** Makes the folder, if there is one to make it in. Throws `DataInUse` and `DataError`. */
  constructor({ path, seed, drawSeed }: FolderOptions) {
    this.path = path
    using(path, () => makeFolder(path))
    this.#worlds = new FolderFiles(path)
    const register = join(path, 'folder.db')
    this.#register = using(register, () => {
      // Without its seed, the worlds would go on with draws that have nothing to do with theirs.
      const mayBegin = makeFile(register) || this.#worlds.names().length === 0
      return openRegister(register, mayBegin ? () => seed ?? drawSeed() : undefined)
    })
    this.seed = this.#register.seed
    try {
      if (seed !== undefined && seed !== this.seed) {
        throw new DataError(`${path}: its worlds were made with seed ${this.seed}, not ${seed}`)
      }
      const within = join(path, 'snapshots')
      using(within, () => makeFolder(within))
      const snapshots = new FolderFiles(within)
      if (!this.#register.isNew) for (const files of [this.#worlds, snapshots]) files.clear()
      this.snapshots = snapshots
      this.authority = new AuthorityFiles(path)
    } catch (error) {
      this.close()
      throw error
    }
  }

  /**
   * Opens the worlds that are there, in the order of their names, with what `read` finds in each. Throws `DataError` where
   * one is unusable; then all are as they were.
   */
  worlds<T>(read: (store: Store) => T): { readonly name: string; readonly store: Store; readonly standing: T }[] {
    const found = this.#worlds.names().map((name) => {
      const path = this.#worlds.pathOf(name)
      return { name, standing: using(path, () => inspectKeptStore(path, read)) }
    })
    return found.map((world) => ({ ...world, store: this.#reopened(world.name) }))
  }

  adopt(name: string, store: Store): Store {
    try {
      this.#worlds.write(name, imageOf(store), () => this.#open.get(name)?.detach())
    } finally {
      store.close()
    }
    return this.#reopened(name)
  }

  discard(name: string): void {
    this.#open.get(name)?.detach()
    this.#worlds.remove(name)
    this.#open.delete(name)
  }

  /** Nothing more is written: the worlds are whole, and another server may have them. */
  close(): void {
    for (const store of this.#open.values()) store.close()
    this.#open.clear()
    this.#register.close()
  }

  #reopened(name: string): KeptStore {
    const path = this.#worlds.pathOf(name)
    const store = using(path, () => openKeptStore(path))
    this.#open.set(name, store)
    return store
  }
}
