import { type Logger, pino } from 'pino'
import type { Options } from './options.js'

/** The log: lines for people, or JSON; on stderr, so that stdout holds the table at start and nothing else. */
export async function createLogger({
  logLevel: level,
  logJson,
}: Pick<Options, 'logLevel' | 'logJson'>): Promise<Logger> {
  if (logJson) return pino({ level }, pino.destination({ dest: 2, sync: true }))
  const { default: pretty } = await import('pino-pretty')
  const lines = pretty({
    destination: 2,
    sync: true,
    colorize: process.stderr.isTTY === true,
    ignore: 'pid,hostname,reqId',
    translateTime: 'HH:MM:ss',
  })
  return pino({ level }, lines)
}
