import type { Ora } from 'ora'
import { elapsed } from '../core/clock.js'

/** Milliseconds within which work is over before anybody asks, and after which one who reads a log wants to hear again. */
const patience = 2000
const interval = 5000

/** With fewer steps it is soon over on any machine that is not busy with something else. */
const many = 20

const width = 30

interface Place {
  /** A terminal, where it moves the cursor. */
  readonly isTTY?: boolean
  /** 0: nobody knows, and it cannot be told what has to be wiped out. */
  readonly columns?: number
  write(text: string): unknown
}

/** Whether a bar can be drawn there: what a build runs in often claims to be a terminal, and keeps each state of the bar. */
const isTerminal = ({ isTTY, columns }: Place, { CI, TERM }: NodeJS.ProcessEnv): boolean =>
  isTTY === true && columns !== 0 && TERM !== 'dumb' && (CI === undefined || CI === '' || CI === 'false')

/** How far long work is: a bar on a terminal, a line now and then elsewhere, and nothing where the work is soon done. */
export class Progress {
  readonly #what: string
  readonly #place: NodeJS.WritableStream & Place
  readonly #isTerminal: boolean
  readonly #now: () => number
  readonly #from: number
  #next = patience
  #bar: Promise<Ora> | undefined
  #text = ''

  /** `what` is said behind the numbers: `3 of 7 passwords hashed`. `now` are milliseconds since some instant. */
  constructor(
    what: string,
    place: NodeJS.WritableStream & Place = process.stderr,
    { environment = process.env, now = elapsed } = {},
  ) {
    this.#what = what
    this.#place = place
    this.#isTerminal = isTerminal(place, environment)
    this.#now = now
    this.#from = now()
  }

  readonly advance = (done: number, of: number): void => {
    const now = this.#now() - this.#from
    if (of < many || now < this.#next) return
    const text = `${done} of ${of} ${this.#what}`
    if (this.#isTerminal) this.#draw(`[${'='.repeat(Math.floor((done / of) * width)).padEnd(width)}] ${text}`)
    else {
      this.#next = now + interval
      this.#place.write(`understudy: ${text}\n`)
    }
  }

  /** Leaves the terminal as it was. */
  async end(): Promise<void> {
    const bar = await this.#bar
    bar?.stop()
  }

  #draw(text: string): void {
    this.#text = text
    // Loaded when there is something to draw, which is seldom.
    this.#bar ??= import('ora').then(({ default: ora }) =>
      ora({ stream: this.#place, isEnabled: true, discardStdin: false, color: false }).start(),
    )
    void this.#bar.then((bar) => {
      bar.text = this.#text
    })
  }
}
