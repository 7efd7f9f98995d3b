import { createPrivateKey } from 'node:crypto'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import {
  alphanumeric,
  Chance,
  drawInstance,
  drawRsaKey,
  drawSeed,
  drawSerial,
  lowerAlphanumeric,
  processSecret,
  upperAlphanumeric,
} from '../../src/core/chance.js'
import { storeOf } from '../support/realm.js'

fc.configureGlobal({ seed: 1 })

const fresh = (t: Test, seed = 1, world = 'default', vendor = 'acme') =>
  new Chance(seed, world, vendor, storeOf(t).counters)

t.test('the same seed, world, vendor and purpose draw the same, one draw after the other', async (t) => {
  const one = fresh(t)
  const other = fresh(t)
  const draws = [one.hex('token', 32), one.hex('token', 32), one.uuid('id'), one.text('secret', 40, alphanumeric)]
  t.strictSame(
    [other.hex('token', 32), other.hex('token', 32), other.uuid('id'), other.text('secret', 40, alphanumeric)],
    draws,
  )
  t.equal(new Set(draws).size, draws.length, 'and no two of them are the same')
})

t.test('another seed, world, vendor or purpose draws something else', async (t) => {
  const draws = [
    fresh(t).hex('token', 16),
    fresh(t, 2).hex('token', 16),
    fresh(t, 1, 'other').hex('token', 16),
    fresh(t, 1, 'default', 'other').hex('token', 16),
    fresh(t).hex('other', 16),
    fresh(t, 1, 'a,b', 'c').hex('token', 16),
    fresh(t, 1, 'a', 'b,c').hex('token', 16),
  ]
  t.equal(new Set(draws).size, draws.length)
})

t.test('what a vendor draws depends neither on other vendors nor on other purposes', async (t) => {
  const { counters } = storeOf(t)
  const crowded = new Chance(1, 'default', 'acme', counters)
  const neighbour = new Chance(1, 'default', 'other', counters)
  neighbour.bytes('token', 16)
  crowded.bytes('salt', 16)
  t.equal(crowded.hex('token', 16), fresh(t).hex('token', 16))
})

t.test('counts begin at 1 and are the purpose’s own', async (t) => {
  const chance = fresh(t)
  t.strictSame([chance.next('a'), chance.next('a'), chance.next('b'), chance.next('a')], [1, 2, 1, 3])
})

t.test('a world opened from its bytes draws on where it was, and never twice the same', async (t) => {
  const store = storeOf(t)
  const chance = new Chance(1, 'default', 'acme', store.counters)
  const first = chance.hex('token', 16)
  const reopened = new Chance(1, 'default', 'acme', storeOf(t, store.serialize()).counters)
  const second = reopened.hex('token', 16)
  t.not(second, first)
  t.equal(second, chance.hex('token', 16), 'as the original does')
})

t.test('a draw of a transaction that was rolled back is drawn again', async (t) => {
  const store = storeOf(t)
  const chance = new Chance(1, 'default', 'acme', store.counters)
  let lost = ''
  t.throws(
    () =>
      store.transaction(() => {
        lost = chance.hex('token', 16)
        chance.next('count')
        throw new Error('no')
      }),
    { message: 'no' },
  )
  t.equal(chance.next('count'), 1)
  t.equal(chance.hex('token', 16), lost)
})

t.test('bytes are as many as asked for, and a longer draw begins as a shorter one', async (t) => {
  const long = fresh(t).bytes('token', 100)
  for (const length of [0, 1, 31, 32, 33, 64, 65, 100]) {
    const bytes = fresh(t).bytes('token', length)
    t.equal(bytes.length, length)
    t.ok(bytes.equals(long.subarray(0, length)), `${length} bytes`)
  }
  t.not(long.toString('hex', 0, 32), long.toString('hex', 32, 64), 'without repeating themselves')
})

t.test('hex is two lower-case digits a byte', async (t) => {
  t.match(fresh(t).hex('token', 20), /^[0-9a-f]{40}$/)
})

t.test('a UUID is one of version 4 in lower case', async (t) => {
  const chance = fresh(t)
  const uuids = Array.from({ length: 200 }, () => chance.uuid('id'))
  t.strictSame(
    uuids.filter((uuid) => !/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(uuid)),
    [],
  )
  t.equal(new Set(uuids).size, 200)
  t.equal(new Set(uuids.map((uuid) => uuid[19])).size, 4, 'both free bits of the variant are drawn')
})

t.test('a text has its length and no character but those of its alphabet', async (t) => {
  const { counters } = storeOf(t)
  const alphabets = fc.uniqueArray(fc.integer({ min: 32, max: 400 }), { minLength: 1, maxLength: 256 })
  fc.assert(
    fc.property(fc.integer(), fc.nat({ max: 300 }), alphabets, (seed, length, codes) => {
      const alphabet = String.fromCharCode(...codes)
      const text = new Chance(seed, 'default', 'acme', counters).text('secret', length, alphabet)
      return text.length === length && [...text].every((character) => alphabet.includes(character))
    }),
  )
})

t.test('each character of an alphabet is equally likely, also where 256 is no multiple of its length', async (t) => {
  // A byte taken modulo 200 would give the first 56 characters two chances each: 0.44 of a text in place of 0.28.
  const alphabet = String.fromCharCode(...Array.from({ length: 200 }, (_, index) => 1000 + index))
  const text = fresh(t).text('secret', 20_000, alphabet)
  const share = [...text].filter((character) => alphabet.indexOf(character) < 56).length / text.length
  t.ok(Math.abs(share - 0.28) < 0.02, `${share}`)
  t.equal(new Set(text).size, 200, 'and each occurs')
})

t.test('an alphabet of 256 characters loses none', async (t) => {
  const alphabet = String.fromCharCode(...Array.from({ length: 256 }, (_, index) => 1000 + index))
  t.equal(new Set(fresh(t).text('secret', 20_000, alphabet)).size, 256)
})

t.test('the alphabets hold what their names say', async (t) => {
  for (const [name, alphabet, pattern, length] of [
    ['lower', lowerAlphanumeric, /^[a-z0-9]+$/, 36],
    ['upper', upperAlphanumeric, /^[A-Z0-9]+$/, 36],
    ['both', alphanumeric, /^[A-Za-z0-9]+$/, 62],
  ] as const) {
    t.match(alphabet, pattern, name)
    t.equal(new Set(alphabet).size, length, name)
    t.equal(alphabet.length, length, `${name}: none twice`)
  }
})

t.test('a fraction lies from 0 on below 1, each part of it as often as the others', async (t) => {
  const chance = fresh(t)
  const tenths = new Map<number, number>()
  for (let n = 0; n < 2000; n++) {
    const tenth = Math.floor(chance.fraction('fault') * 10)
    tenths.set(tenth, (tenths.get(tenth) ?? 0) + 1)
  }
  t.strictSame([...tenths.keys()].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  for (const [tenth, count] of tenths) t.ok(count > 140 && count < 260, `${tenth}: ${count}`)
})

t.test('what a process draws for itself differs each time', async (t) => {
  const seeds = Array.from({ length: 20 }, drawSeed)
  t.ok(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31))
  t.ok(new Set(seeds).size > 1)
  t.match(drawInstance(), /^[0-9a-f]{16}$/)
  t.not(drawInstance(), drawInstance())
  t.equal(processSecret().length, 32)
  t.notOk(processSecret().equals(processSecret()))
  t.match(drawSerial(), /^01[0-9a-f]{30}$/, 'positive, and within the 20 octets that a serial number may have')
  t.not(drawSerial(), drawSerial())
})

t.test('a drawn RSA key is a private key of 4096 bits in PEM, and no two are the same', async (t) => {
  const [one, other] = await Promise.all([drawRsaKey(), drawRsaKey()])
  t.match(createPrivateKey(one), { asymmetricKeyType: 'rsa', asymmetricKeyDetails: { modulusLength: 4096 } })
  t.not(one, other)
})

t.test('an RSA key may have 2048 bits', async (t) => {
  t.match(createPrivateKey(await drawRsaKey(2048)), { asymmetricKeyDetails: { modulusLength: 2048 } })
})

t.test('where no process can draw an RSA key, none is drawn', async (t) => {
  const { NODE_OPTIONS: before = '' } = process.env
  process.env.NODE_OPTIONS = '--require ./there-is-none.cjs'
  await t.rejects(drawRsaKey(), { message: 'no RSA key could be drawn' })
  process.env.NODE_OPTIONS = before
  t.match(await drawRsaKey(), 'BEGIN PRIVATE KEY', 'the next one is not kept from it')
})
