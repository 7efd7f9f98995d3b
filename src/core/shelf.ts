import { type Store, UnusableSnapshot } from './ports.js'

/** Where the worlds of a server outlive it. However the server ends, each is there as it was or as it became. */
export interface Shelf {
  /**
   * Puts a world there in place of the one of that name, and answers the store to go on with; the one that is handed over
   * is closed. Who still works with the former one does so apart from now on, and what comes of it is kept nowhere.
   */
  adopt(name: string, store: Store): Store
  /** Removes a world; the same goes for who still works with it. */
  discard(name: string): void
}

/** Files by names, each replaced as a whole or not at all. */
export interface Files {
  /** In the order of the alphabet. */
  names(): string[]
  /** Where the file lies, for people. */
  pathOf(name: string): string
  read(name: string): Buffer
  write(name: string, bytes: Buffer): void
  remove(name: string): void
}

/** A certificate and its private key, in PEM. */
export interface Identity {
  readonly certificate: string
  readonly key: string
}

/** A folder that cannot be gone on with, or a file in it, which is then as it was; the message names it. */
export class DataError extends Error {
  override readonly name = 'DataError'
}

/** Another server has the folder, which the message names. */
export class DataInUse extends Error {
  override readonly name = 'DataInUse'
}

/** What went wrong with a file or folder, as a `DataError` that names it; a `DataInUse` names its folder already. */
export function dataError(path: string, error: unknown): Error {
  if (error instanceof DataInUse) return error
  const { message } = error instanceof Error ? error : new Error(String(error))
  return new DataError(`${path}: ${error instanceof UnusableSnapshot ? `expected ${message}` : message}`)
}
