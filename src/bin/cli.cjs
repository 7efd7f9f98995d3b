#!/usr/bin/env node
// @ts-check
// Loads the command, with what was compiled of it at an earlier start: a third of a start is compiling.
const nodeModule = require('node:module')
const { join } = require('node:path')

/**
 * Beside the command, since whoever may write there may change the command too: in the folder for all that Node would
 * take, others could leave code to be run.
 */
const cache = join(__dirname, '.cache')
const command = join(__dirname, 'understudy.js')

/** Node 20 keeps nothing itself. */
function loadCompiled() {
  const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs')
  const { Script } = require('node:vm')
  // V8 refuses what other versions and flags of it have compiled, but takes any text of the same length for the same.
  const kept = join(cache, `BUILD-${process.version}-${process.arch}`)
  const read = () => {
    try {
      return readFileSync(kept)
    } catch {
      return undefined
    }
  }
  const cachedData = read()
  const script = new Script(nodeModule.wrap(readFileSync(command, 'utf8').replace(/^#!.*/, '')), {
    filename: command,
    ...(cachedData && { cachedData }),
  })
  script.runInThisContext()(exports, require, module, command, __dirname)
  if (cachedData && !script.cachedDataRejected) return
  process.once('exit', () => {
    // Whoever only asked for help has compiled hardly anything.
    if (!Object.keys(require.cache).some((file) => file.endsWith('.node'))) return
    try {
      mkdirSync(cache, { recursive: true })
      // Two servers may end at once.
      const own = `${kept}.${process.pid}`
      writeFileSync(own, script.createCachedData())
      renameSync(own, kept)
    } catch {
      // It is somebody else's folder, and starts take what they took.
    }
  })
}

const { enableCompileCache } = /** @type {{ enableCompileCache?: (folder: string) => void }} */ (nodeModule)
if (enableCompileCache) {
  enableCompileCache(cache)
  require(command)
} else {
  loadCompiled()
}
