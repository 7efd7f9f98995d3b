// @ts-check
// JavaScript, so that a thread starts on it directly, in tests as in the built package.
import { compare, hash } from 'bcryptjs'

/** @typedef {{ readonly compare: string, readonly with: string } | { readonly hash: string, readonly salt: string }} BcryptTask */

/**
 * Runs on a thread of its own: bcryptjs takes 60 ms of whatever loop it stands on.
 *
 * @param {BcryptTask} task
 * @returns {Promise<boolean | string>}
 */
export default function bcrypt(task) {
  return 'compare' in task ? compare(task.compare, task.with) : hash(task.hash, task.salt)
}
