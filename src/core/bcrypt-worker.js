// @ts-check
// JavaScript, so that a thread starts on it directly, in tests as in the built package.
import { constants, getPriority, platform, setPriority } from 'node:os'
import { compareSync, hashSync } from 'bcryptjs'

/** Steps of niceness behind the event loop, for which everybody waits, yet not so far that first logins starve. */
const behind = 5

/** Lets others go first. On Linux, where a thread has a priority of its own. @param {number} steps of niceness */
export function standBack(steps) {
  try {
    setPriority(Math.min(getPriority() + steps, constants.priority.PRIORITY_LOW))
  } catch {
    // Not every sandbox allows it: the thread stays where it stood.
  }
}

if (platform() === 'linux') standBack(behind)

/** @typedef {{ readonly compare: string, readonly with: string } | { readonly hash: string, readonly salt: string }} BcryptTask */

/**
 * Runs on a thread of its own, which it may hold: bcryptjs takes 60 ms of whatever loop it stands on.
 *
 * @param {BcryptTask} task
 * @returns {boolean | string}
 */
export default function bcrypt(task) {
  return 'compare' in task ? compareSync(task.compare, task.with) : hashSync(task.hash, task.salt)
}
