import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dataError, type Identity } from '../core/shelf.js'

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw dataError(path, error)
  }
}

/** A file that is there as a whole or as it was, and that its owner alone may read where `mode` says so. */
function replace(path: string, text: string, mode: number): void {
  const staged = `${path}.new`
  try {
    // What is left of an earlier one would keep its mode.
    rmSync(staged, { force: true })
    writeFileSync(staged, text, { mode, flag: 'wx', flush: true })
    renameSync(staged, path)
  } catch (error) {
    rmSync(staged, { force: true })
    throw dataError(path, error)
  }
}

/** The CA of a folder. Throws `DataError`. */
export class AuthorityFiles {
  /** Where its certificate lies, for people. */
  readonly certificatePath: string
  readonly keyPath: string

  constructor(folder: string) {
    this.certificatePath = join(folder, 'ca.pem')
    this.keyPath = join(folder, 'ca-key.pem')
  }

  /** Without a certificate there is none: nobody can have trusted it. */
  find(): Identity | undefined {
    if (!existsSync(this.certificatePath)) return undefined
    return { certificate: read(this.certificatePath), key: read(this.keyPath) }
  }

  /** The certificate comes last, so that there is a key for every one that is there. */
  write({ certificate, key }: Identity): void {
    replace(this.keyPath, key, 0o600)
    replace(this.certificatePath, certificate, 0o644)
  }
}
