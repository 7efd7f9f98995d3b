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
  const { createHash } = require('node:crypto')
  const { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs')
  const { Script } = require('node:vm')
  const kept = join(cache, `${process.version}-${process.arch}`)
  const source = readFileSync(command)

  /** V8 refuses what another version has compiled, but believes all else: that it is whole, and of this very text. */
  const seal = (/** @type {Buffer} */ compiled) => createHash('sha256').update(source).update(compiled).digest()

  const read = () => {
    try {
      const bytes = readFileSync(kept)
      const compiled = bytes.subarray(32)
      return seal(compiled).equals(bytes.subarray(0, 32)) ? compiled : undefined
    } catch {
      return undefined
    }
  }

  const keep = (/** @type {Buffer} */ compiled) => {
    const fresh = `${kept}.new`
    try {
      mkdirSync(cache, { recursive: true })
      try {
        // Where two servers end at once, or one was killed here, the next one keeps it.
        writeFileSync(fresh, Buffer.concat([seal(compiled), compiled]), { flag: 'wx' })
        renameSync(fresh, kept)
      } catch {
        rmSync(fresh, { force: true })
      }
    } catch {
      // It is somebody else's folder, and starts take what they took.
    }
  }

  const cachedData = read()
  const script = new Script(nodeModule.wrap(source.toString().replace(/^#!.*/, '')), {
    filename: command,
    ...(cachedData && { cachedData }),
  })
  script.runInThisContext()(exports, require, module, command, __dirname)
  if (cachedData && !script.cachedDataRejected) return
  let isKept = false
  const keepOnce = () => {
    // Whoever only asked for help has compiled hardly anything.
    if (isKept || !Object.keys(require.cache).some((file) => file.endsWith('.node'))) return
    isKept = true
    keep(script.createCachedData())
  }
  // Soon, because V8 forgets what it compiled for the start and has not run for a while.
  setTimeout(keepOnce, 1000).unref()
  process.once('exit', keepOnce)
}

const { enableCompileCache } = /** @type {{ enableCompileCache?: (folder: string) => void }} */ (nodeModule)
enableCompileCache?.(cache)
// Node's own switch, by which its newer versions keep nothing either.
if (enableCompileCache || process.env.NODE_DISABLE_COMPILE_CACHE === '1') {
  // @ts-expect-error: the build lays it beside this file.
  require('./understudy.js')
} else {
  loadCompiled()
}
