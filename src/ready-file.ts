import { existsSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { flagOf, OptionError } from './options.js'

/**
 * A file that holds the base URL of a server while it serves, for whoever has started it and waits for it; further ports
 * have a line each behind it, with the vendor behind the URL where it is one's own.
 */
export class ReadyFile {
  readonly #path: string
  readonly #staged: string
  #content = ''
  #ended = false

  /** Clears away what a server that was killed has left. Throws `OptionError` where no file can be put. */
  constructor(path: string) {
    this.#path = path
    this.#staged = join(dirname(path), `.${basename(path)}.${process.pid}`)
    this.#write(() => {
      if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === false) throw new Error('there is something else')
      rmSync(path, { force: true })
      writeFileSync(this.#staged, '')
      rmSync(this.#staged)
    })
  }

  /** Puts the file there, whole from the first instant. Throws `OptionError`. */
  announce(urls: readonly string[]): void {
    if (this.#ended) return
    this.#content = urls.map((url) => `${url}\n`).join('')
    this.#write(() => {
      writeFileSync(this.#staged, this.#content)
      renameSync(this.#staged, this.#path)
    })
  }

  /** Removes the file, unless another server has put its own there by now. */
  withdraw(): void {
    this.#ended = true
    try {
      if (readFileSync(this.#path, 'utf8') === this.#content) rmSync(this.#path)
    } catch {
      // It was taken away, or never came to be.
    }
  }

  #write(write: () => void): void {
    try {
      write()
    } catch (error) {
      if (existsSync(this.#staged)) rmSync(this.#staged)
      const reason = error instanceof Error ? error.message : error
      throw new OptionError(`${flagOf('readyFile')}: no file can be put at ${this.#path} (${reason})`)
    }
  }
}
