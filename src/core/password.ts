import { encodeBase64 } from 'bcryptjs'
import { LRUCache } from 'lru-cache'
import type { Piscina } from 'piscina'
import type { Account } from './account.js'
import type { BcryptTask } from './bcrypt-worker.js'
import { type Chance, processSecret } from './chance.js'
import { digest } from './digest.js'
import { Refusal } from './refusal.js'

let threads: Promise<Piscina<BcryptTask, boolean | string>> | undefined

/** The pool starts with the first password, so that a server that hashes nothing starts without it. */
function pool() {
  threads ??= import('piscina').then(
    ({ Piscina }) =>
      new Piscina({
        filename: new URL('./bcrypt-worker.js', import.meta.url).href,
        execArgv: [],
        maxThreads: 2,
        idleTimeout: 60_000,
      }),
  )
  return threads
}

/** So many entries. With `max` their places are made at once, which takes a start longer than all its SQL. */
const atMost = (entries: number) => ({ maxSize: entries, sizeCalculation: () => 1 })

/** Passwords that were right, by stored hash and keyed digest. Pure results, so they belong to the process. */
const verified = new LRUCache<string, true>(atMost(100_000))
const memoKey = processSecret().toString('hex')

/** Hashes by salt and keyed digest of the password: fixtures are read again and again while somebody edits them. */
const hashes = new LRUCache<string, string>(atMost(10_000))

const memoOf = (password: string, salted: string): string => salted + digest(memoKey + password)

const compare = async (password: string, hash: string): Promise<boolean> =>
  (await (await pool()).run({ compare: password, with: hash })) === true

/** Whether `password` has the bcrypt hash `hash` (`$2a$`, `$2b$`, `$2y$`). Never blocks the event loop. */
export async function passwordMatches(password: string, hash: string): Promise<boolean> {
  const memo = memoOf(password, hash)
  if (verified.has(memo)) return true
  const matches = await compare(password, hash)
  if (matches) verified.set(memo, true)
  return matches
}

/** A hash that no password has, so that an unknown user takes as long as a wrong password. */
const unmatchable = (cost: number): string => `$2y$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`

/**
 * The account, if `password` is its own.
 * Throws `unknown-account` or `wrong-password`, after the same work.
 */
export async function assertPassword<P>(
  account: Account<P> | undefined,
  password: string,
  { login, cost }: { login: string; cost: number },
): Promise<Account<P>> {
  // Who cannot log in anyway is never remembered: a quick refusal would say that the password is right.
  const verify = account?.state === 'active' ? passwordMatches : compare
  const matches = await verify(password, account?.passwordHash ?? unmatchable(cost))
  if (!account) throw new Refusal('unknown-account', { login })
  if (!matches) throw new Refusal('wrong-password', { account: account.id })
  return account
}

/** A `$2y$` hash whose salt comes from the realm's chance. */
export async function hashPassword(password: string, cost: number, chance: Chance): Promise<string> {
  const salt = `$2y$${String(cost).padStart(2, '0')}$${encodeBase64(chance.bytes('salt', 16), 16)}`
  const memo = memoOf(password, salt)
  const known = hashes.get(memo)
  if (known !== undefined) return known
  const hash = String(await (await pool()).run({ hash: password, salt }))
  hashes.set(memo, hash)
  return hash
}
