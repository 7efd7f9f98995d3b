import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Store } from '../core/ports.js'
import { DataError, dataError, type Files, type Shelf } from '../core/shelf.js'
import { AuthorityFiles } from './authority-files.js'
import { FolderFiles } from './files.js'
import { imageOf, inspectKeptStore, type KeptStore, openKeptStore } from './kept-store.js'
import { openRegister, type Register } from './register.js'

export interface FolderOptions {
  readonly path: string
  /** What its worlds are to draw from, if that is not left to the folder. */
  readonly seed?: number | undefined
  /** Where neither says it. */
  readonly drawSeed: () => number
}

/** Does something with a file, and names the file where that fails. Throws `DataError` and `DataInUse`. */
function using<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw dataError(path, error)
  }
}

function makeFolder(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) mkdirSync(path)
  else if (!found.isDirectory()) throw new DataError('expected a folder')
}

/** A folder that keeps the worlds and snapshots of one server, each in a SQLite file. */
export class Folder implements Shelf {
  readonly seed: number
  readonly snapshots: Files
  readonly authority: AuthorityFiles
  readonly #worlds: FolderFiles
  readonly #register: Register
  readonly #open = new Map<string, KeptStore>()

  /** Makes the folder, if there is one to make it in. Throws `DataInUse` and `DataError`. */
  constructor({ path, seed, drawSeed }: FolderOptions) {
    using(path, () => makeFolder(path))
    const register = join(path, 'folder.db')
    this.#register = using(register, () => openRegister(register, () => seed ?? drawSeed()))
    this.seed = this.#register.seed
    try {
      if (seed !== undefined && seed !== this.seed) {
        throw new DataError(`${path}: its worlds were made with seed ${this.seed}, not ${seed}`)
      }
      this.#worlds = using(path, () => new FolderFiles(path, !this.#register.isNew))
      const within = join(path, 'snapshots')
      this.snapshots = using(within, () => new FolderFiles(within, !this.#register.isNew))
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
