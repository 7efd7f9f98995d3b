import { type Logger, type LoggerOptions, pino } from 'pino'
import { timeOfDay } from './core/clock.js'
import type { Options } from './options.js'

/** Names of levels and the numbers of their colours on a terminal. */
const levels: Readonly<Record<number, readonly [name: string, colour: number]>> = {
  10: ['TRACE', 90],
  20: ['DEBUG', 34],
  30: ['INFO', 32],
  40: ['WARN', 33],
  50: ['ERROR', 31],
  60: ['FATAL', 41],
}

function plain(level: number, message: string, isColoured: boolean, time?: number): string {
  const [name, colour] = levels[level] ?? [level, 0]
  return `[${timeOfDay(time)}] ${isColoured ? `\u001b[${colour}m${name}\u001b[39;49m` : name}: ${message}`
}

/** A line of JSON as pino writes it, for people: when, how grave, what, and beneath it what else is said of it. */
export function readable(line: string, isColoured: boolean): string {
  const { level, time, msg = '', err, request: _, ...rest } = JSON.parse(line)
  const beneath = [err?.stack, Object.keys(rest).length > 0 && JSON.stringify(rest)].filter(Boolean)
  const more = beneath.map((text) => `\n    ${String(text).replaceAll('\n', '\n    ')}`).join('')
  return `${plain(level, msg, isColoured, time)}${more}\n`
}

/** Whether no more is said of a line than to which request it belongs, which is for machines. */
const isRequestAlone = (of: unknown): boolean =>
  typeof of === 'object' && of !== null && 'request' in of && Object.keys(of).length === 1

/** Writes the first line of a turn of the event loop at once, and the others together at its end: each write costs as much as a request. */
class Batch {
  readonly #destination: { write(text: string): unknown }
  #isGathering = false
  #waiting = ''

  constructor(destination: { write(text: string): unknown }) {
    this.#destination = destination
    process.on('exit', () => this.flushSync())
  }

  write(line: string): void {
    if (this.#isGathering) {
      this.#waiting += line
      return
    }
    this.#isGathering = true
    setImmediate(() => {
      this.#isGathering = false
      this.flushSync()
    })
    this.#destination.write(line)
  }

  flushSync(): void {
    if (this.#waiting !== '') this.#destination.write(this.#waiting)
    this.#waiting = ''
  }
}

/** How much waits until it can be written, where stderr is a file on a disk that is full; what comes after that is lost. */
const mostWaiting = 1_048_576

function openStderr(): Batch {
  const destination = pino.destination({ dest: 2, sync: true, maxLength: mostWaiting })
  // Nobody could be told, and a server that cannot log still serves.
  destination.on('error', () => undefined)
  return new Batch(destination)
}

let stderr: Batch | undefined

/** The log: lines for people, or JSON; on stderr, so that stdout holds the table at start and nothing else. */
export function createLogger({ logLevel: level, logJson }: Pick<Options, 'logLevel' | 'logJson'>): Logger {
  stderr ??= openStderr()
  if (logJson) return pino({ level }, stderr)
  const [lines, isColoured] = [stderr, process.stderr.isTTY === true]
  const shown = { write: (line: string) => lines.write(readable(line, isColoured)), flushSync: () => lines.flushSync() }
  const hooks: LoggerOptions['hooks'] = {
    // What is said of each request is nothing but a message here, and would be made JSON only to be read again.
    logMethod(said, log, grave) {
      const [of, message] = said
      if (said.length === 2 && message !== undefined && isRequestAlone(of))
        lines.write(`${plain(grave, message, isColoured)}\n`)
      else log.apply(this, said)
    },
  }
  return pino({ level, base: null, hooks }, shown)
}
