/** Passwords checked by bcrypt once, and by a keyed digest from then on. */
import { hash as hashed, randomBytes } from 'node:crypto'
import { compare } from 'bcryptjs'

const key = randomBytes(32).toString('hex')
const verified = new Set()

/** Answers at once where the password was right before. @param {string} password @param {string} hash */
export function passwordMatches(password, hash) {
  const memo = hash + hashed('sha256', key + password)
  if (verified.has(memo)) return true
  return compare(password, hash).then((matches) => {
    if (matches) verified.add(memo)
    return matches
  })
}
