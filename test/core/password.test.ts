import { readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { encodeBase64 } from 'bcryptjs'
import t from 'tap'
import { assertPassword, hashPassword, passwordMatches } from '../../src/core/password.js'
import { bench, refused } from '../support/realm.js'

// From the test suites of jBCrypt and crypt_blowfish, and the password that Laravel's user factory ships
const published = [
  ['', '$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.'],
  ['abc', '$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i'],
  ['U*U', '$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['U*U*U', '$2y$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'],
  ['password', '$2y$10$92IXUNpkjO0rOQ5byMi.Ye4oKoEa3Ro9llC/.og/at2.uheWG/igi'],
] as const

const ann = (passwordHash: string) =>
  ({ id: '1', state: 'active', passwordHash, createdAt: 0, updatedAt: 0, profile: {} }) as const

/** Whether the promise settles within this turn of the event loop: no answer of another thread can. */
async function isImmediate(promise: Promise<unknown>): Promise<boolean> {
  let isSettled = false
  const settle = () => {
    isSettled = true
  }
  promise.then(settle, settle)
  for (let turn = 0; turn < 100; turn++) await Promise.resolve()
  return isSettled
}

t.test('a password matches its published hash, in each of the three notations', async (t) => {
  for (const [password, hash] of published) {
    t.equal(await passwordMatches(password, hash), true, hash)
    t.equal(await passwordMatches(`${password}.`, hash), false, hash)
  }
})

t.test('what is no bcrypt hash matches nothing', async (t) => {
  for (const hash of ['', 'password', '$2y$05$short', '5f4dcc3b5aa765d61d8327deb882cf99']) {
    t.equal(await passwordMatches('password', hash), false, hash)
  }
})

t.test('a wrong password is compared anew each time and never becomes right', async (t) => {
  const [password, hash] = ['U*U*', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK'] as const
  for (const attempt of ['first', 'second', 'third']) {
    const comparison = passwordMatches('U*U', hash)
    t.notOk(await isImmediate(comparison), `the ${attempt} time`)
    t.equal(await comparison, false, `the ${attempt} time`)
  }
  t.equal(await passwordMatches(password, hash), true)
  t.equal(await passwordMatches('U*U', hash), false, 'nor because another was right')
})

t.test('a password that was right once is known without another comparison, for this hash only', async (t) => {
  const chance = bench(t).realm.chance
  const hash = await hashPassword('s3cret', 4, chance)
  const first = passwordMatches('s3cret', hash)
  t.notOk(await isImmediate(first), 'the first comparison leaves the event loop to others')
  t.equal(await first, true)
  const second = passwordMatches('s3cret', hash)
  t.ok(await isImmediate(second))
  t.equal(await second, true)
  const elsewhere = passwordMatches('s3cret', await hashPassword('s3cret', 4, chance))
  t.notOk(await isImmediate(elsewhere))
  t.equal(await elsewhere, true)
})

t.test('a hash has the realm’s cost, and its salt comes from the realm’s chance', async (t) => {
  const hash = await hashPassword('s3cret', 4, bench(t).realm.chance)
  const salt = encodeBase64(bench(t).realm.chance.bytes('salt', 16), 16)
  t.equal(hash.slice(0, 29), `$2y$04$${salt}`)
  t.equal(hash.length, 60)
  t.equal(await passwordMatches('s3cret', hash), true)
  t.equal(await hashPassword('s3cret', 4, bench(t).realm.chance), hash, 'the same seed salts the same')
  const { chance } = bench(t, { seed: 2 }).realm
  t.not(await hashPassword('s3cret', 4, chance), hash)
  t.match(await hashPassword('s3cret', 10, chance), /^\$2y\$10\$/, 'two digits of cost')
})

t.test('hashing leaves the event loop to others', async (t) => {
  const hashing = hashPassword('s3cret of the loop', 4, bench(t).realm.chance)
  t.notOk(await isImmediate(hashing))
  await hashing
})

t.test('a password that was hashed with the same salt before is not hashed again', async (t) => {
  const first = await hashPassword('s3cret again', 4, bench(t).realm.chance)
  const second = hashPassword('s3cret again', 4, bench(t).realm.chance)
  t.ok(await isImmediate(second))
  t.equal(await second, first)
  for (const [password, cost] of [
    ['s3cret still', 4],
    ['s3cret again', 5],
  ] as const) {
    const another = hashPassword(password, cost, bench(t).realm.chance)
    t.notOk(await isImmediate(another), `${password} at ${cost}`)
    t.not(await another, first)
  }
})

t.test('of a password the first 72 bytes count, as in PHP', async (t) => {
  const hash = await hashPassword('é'.repeat(36), 4, bench(t).realm.chance)
  t.equal(await passwordMatches(`${'é'.repeat(36)} and more`, hash), true)
  t.equal(await passwordMatches('é'.repeat(35), hash), false)
})

t.test('the right password answers the account itself', async (t) => {
  const [, , [password, hash]] = published
  const account = ann(hash)
  t.equal(await assertPassword(account, password, { login: 'ann', cost: 4 }), account)
})

t.test('a wrong password and an unknown account are refused with facts of their own', async (t) => {
  const account = ann('$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW')
  t.strictSame(await refused(assertPassword(account, 'x', { login: 'ann', cost: 4 })), {
    code: 'wrong-password',
    facts: { account: '1' },
  })
  t.strictSame(await refused(assertPassword(undefined, 'x', { login: 'nobody', cost: 4 })), {
    code: 'unknown-account',
    facts: { login: 'nobody' },
  })
})

t.test('the right password of an account that cannot log in is compared anew each time', async (t) => {
  const [, , [password, hash]] = published
  t.equal(await passwordMatches(password, hash), true, 'known to be right by now')
  const disabled = { ...ann(hash), state: 'disabled' } as const
  for (const attempt of ['first', 'second']) {
    const attempted = assertPassword(disabled, password, { login: 'ann', cost: 4 })
    t.notOk(await isImmediate(attempted), `the ${attempt} time`)
    t.equal(await attempted, disabled)
  }
})

t.test('an unknown account costs the same comparison as a wrong password, however often it is asked for', async (t) => {
  const account = ann('$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW')
  for (const attempt of ['first', 'second']) {
    for (const who of [account, undefined]) {
      const attempted = refused(assertPassword(who, 'x', { login: 'ann', cost: 4 }))
      t.notOk(await isImmediate(attempted), `the ${attempt} time, ${who ? 'known' : 'unknown'}`)
      await attempted
    }
  }
  // A cost that bcrypt does not have shows that it was really asked to spend it.
  const beyond = { message: 'Illegal number of rounds (4-31): 32' }
  await t.rejects(assertPassword(ann(`$2y$32$${'.'.repeat(53)}`), 'x', { login: 'ann', cost: 4 }), beyond)
  await t.rejects(assertPassword(undefined, 'x', { login: 'nobody', cost: 32 }), beyond)
})

/** The niceness of each thread of this process. */
const priorities = (): number[] =>
  readdirSync('/proc/self/task').map((task) => {
    const fields = readFileSync(`/proc/self/task/${task}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? []
    return Number(fields[16])
  })

t.test(
  'threads that compare passwords stand back behind the event loop',
  { skip: process.platform !== 'linux' && 'elsewhere a thread has no priority of its own' },
  async (t) => {
    await passwordMatches('U*U', '$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW')
    const own = getPriority()
    t.ok(priorities().includes(Math.min(own + 5, 19)))
    t.equal(getPriority(), own, 'the event loop stands where it stood')
  },
)
