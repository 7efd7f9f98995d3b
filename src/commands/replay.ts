import { promises } from 'node:fs'
import type { Command } from 'commander'
import { OptionError } from '../options.js'
import { Progress } from './progress.js'

const excerpt = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}…` : text)

export function replay(program: Command): void {
  program
    .command('replay')
    .description('send the journal of a snapshot again and report each answer that differs')
    .argument('<file>', 'the snapshot')
    .action(replayFile)
}

/** Sends the journal of a snapshot again, and says what is answered otherwise than it was. */
async function replayFile(file: string): Promise<void> {
  const bytes = await promises.readFile(file).catch((error: Error) => {
    throw new OptionError(`${file} cannot be read: ${error.message}`)
  })
  const { replay } = await import('../replay.js')
  const progress = new Progress('requests replayed')
  const { requests, differences } = await replay(bytes, progress.advance)
    .catch((error: Error) => {
      if (error.name === 'UnusableSnapshot') throw new OptionError(`${file}: expected ${error.message}`)
      if (error.name === 'NotReplayable') throw new OptionError(`${file} cannot be replayed: ${error.message}`)
      throw error
    })
    .finally(() => progress.end())
  for (const { id, method, path, what, was, is } of differences) {
    process.stdout.write(`${id} ${method} ${path}: ${what} was ${excerpt(was)}, is ${excerpt(is)}\n`)
  }
  const different = new Set(differences.map(({ id }) => id)).size
  process.stdout.write(`${requests} requests replayed, ${different} answered otherwise\n`)
  if (different > 0) process.exitCode = 1
}
