import { existsSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { findHealthAt } from './health-at.js'
import { flagOf, OptionError } from './options.js'

/**
 * A file that holds the base URL of a server while it serves, for whoever has started it and waits for it; further ports
 * have a line each behind it, with the vendor behind the URL where it is one's own.
 */
export class ReadyFile {
  readonly #path: string
  readonly #staged: string
  #content: string | undefined
  #ended = false

  private constructor(path: string) {
    this.#path = path
    this.#staged = join(dirname(path), `.${basename(path)}.${process.pid}`)
  }

  /**
   * Clears away what a server that was killed has left; the file of one that answers stays until this one serves. Throws
   * `OptionError` where no file can be put.
   */
  static async prepare(path: string): Promise<ReadyFile> {
    const file = new ReadyFile(path)
    file.#try()
    const there = file.#attempt(() => (existsSync(path) ? readFileSync(path, 'utf8') : ''))
    const [url = ''] = there.split('\n', 1)
    if (!(await findHealthAt(url))) file.#attempt(() => rmSync(path, { force: true }))
    return file
  }

  /** Puts the file there, whole from the first instant. Throws `OptionError`. */
  announce(urls: readonly string[]): void {
    if (this.#ended) return
    const content = urls.map((url) => `${url}\n`).join('')
    this.#content = content
    this.#attempt(() => {
      writeFileSync(this.#staged, content)
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

  #try(): void {
    this.#attempt(() => {
      if (lstatSync(this.#path, { throwIfNoEntry: false })?.isFile() === false)
        throw new Error('there is something else')
      writeFileSync(this.#staged, '')
      rmSync(this.#staged)
    })
  }

  #attempt<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (existsSync(this.#staged)) rmSync(this.#staged)
      const reason = error instanceof Error ? error.message : error
      throw new OptionError(`${flagOf('readyFile')}: no file can be put at ${this.#path} (${reason})`)
    }
  }
}
