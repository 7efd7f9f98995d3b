import { getPriority } from 'node:os'
import t from 'tap'
import bcrypt, { standBack } from '../../src/core/bcrypt-worker.js'

// From the test suite of crypt_blowfish (openwall.com/crypt)
const published = [
  ['U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['U*U*', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK'],
  ['U*U*U', '$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'],
] as const

t.test('a task to hash gives the published hash of a password and a salt', async (t) => {
  for (const [password, hash] of published) {
    t.equal(await bcrypt({ hash: password, salt: hash.slice(0, 29) }), hash, password)
  }
})

t.test('a task to compare tells whether the password has the hash', async (t) => {
  for (const [password, hash] of published) {
    t.equal(await bcrypt({ compare: password, with: hash }), true, password)
    t.equal(await bcrypt({ compare: `${password} `, with: hash }), false, password)
  }
})

t.test('a thread that may not stand back stays where it stood', async (t) => {
  const before = getPriority()
  standBack(Number.NaN)
  t.equal(getPriority(), before)
})
