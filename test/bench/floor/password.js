/** Passwords checked by bcrypt once, and by a keyed digest from then on. */
import { createHmac, randomBytes } from 'node:crypto'
import { compare } from 'bcryptjs'

const key = randomBytes(32)
const verified = new Set()

/** Answers at once where the password was right before. @param {string} password @param {string} hash */
export function passwordMatches(password, hash) {
  const memo = hash + createHmac('sha256', key).update(password).digest('base64')
  if (verified.has(memo)) return true
  return compare(password, hash).then((matches) => {
    if (matches) verified.add(memo)
    return matches
  })
}
