import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { folderOf } from './folder.js'

/** A small disk, which only what is started in its namespace sees. */
export interface Disk {
  readonly path: string
  /** What starts a command there. */
  readonly inside: readonly string[]
  /** Takes all room but so many bytes. */
  fill(left: number): void
  /** Gives back what `fill` took. */
  clear(): void
}

/** Mounts a disk of that many bytes in memory until the test ends; nothing where this user or system cannot. */
export async function findDisk(t: Test, size: number): Promise<Disk | undefined> {
  const path = folderOf(t)
  const script = `mount -t tmpfs -o size=${size} tmpfs "$0" && echo mounted && exec cat`
  // It lives as long as what it reads: a test that is cut off leaves nothing behind.
  const holder = spawn('unshare', ['--mount', '--map-root-user', 'sh', '-c', script, path], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const over = once(holder, 'exit').catch(() => undefined)
  t.teardown(async () => {
    holder.stdin.end()
    await over
  })
  const isMounted = await Promise.race([once(holder.stdout, 'data').then(() => true), over.then(() => false)])
  if (!isMounted) return undefined
  const { pid } = holder
  const inside = ['nsenter', `--target=${pid}`, '--user', '--preserve-credentials', '--mount', '--wd']
  // From here the disk is seen through the process that holds it.
  const seen = join(`/proc/${pid}/root`, path)
  const filler = join(seen, 'filler')
  try {
    execFileSync(inside[0] ?? '', [...inside.slice(1), 'true'], { stdio: 'ignore' })
    statfsSync(seen)
  } catch {
    return undefined
  }
  return {
    path,
    inside,
    fill(left) {
      const { bavail, bsize } = statfsSync(seen)
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - left)), { flag: 'a' })
    },
    clear: () => rmSync(filler),
  }
}
