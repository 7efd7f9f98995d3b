import t from 'tap'
import type { Exchange } from '../../src/core/exchange.js'
import { Journal, type JournalOptions } from '../../src/core/journal.js'
import { Tally } from '../../src/core/tally.js'

interface Filled extends Exchange {
  bytes?: Buffer | undefined
  answer?: Exchange['answer']
  claimed: string | undefined
  asked: number
}

/** A request under way: what is still to come is filled in by the test. */
function arriving(more: Partial<Exchange> = {}): Filled {
  const exchange: Filled = {
    vendor: 'acme',
    method: 'POST',
    url: '/acme/login?token=t',
    target: '/login?token=t',
    rawHeaders: ['Host', 'localhost', 'X-Twice', 'a', 'x-twice', 'b'],
    address: '127.0.0.1',
    operation: 'login',
    claimed: undefined,
    asked: 0,
    claimant() {
      this.asked += 1
      return this.claimed
    },
    ...more,
  }
  return exchange
}

const answer = (body: string | Buffer | null = null) => ({
  status: 200,
  headers: { date: 'now', vary: undefined },
  body,
})

const journalOf = (options: Partial<JournalOptions> = {}) =>
  new Journal('w', { capacity: 10, secretsOf: () => ['token'], ...options }, () => false)

const numbers = (journal: Journal) => journal.all().map(({ number }) => number)

t.test('requests stand in the order of their arrival, answered or not', async (t) => {
  const journal = journalOf()
  const first = journal.open(7, 1000, arriving())
  const second = journal.open(8, 1001, arriving())
  journal.close(second)
  t.strictSame(
    journal.all().map(({ id, at }) => [id, at]),
    [
      ['w-7', 1000],
      ['w-8', 1001],
    ],
  )
  t.equal(first.durationMs, null, 'one is still under way')
  t.ok(Number(second.durationMs) > 0, 'the other took real time')
  t.equal(journal.find('w-8'), second)
  t.equal(journal.find('w-9'), undefined)
  t.equal(journal.size, 2)
})

t.test('the oldest is let go where there is no room, and counted', async (t) => {
  const tally = new Tally()
  const journal = journalOf({ capacity: 3, tally })
  for (let number = 1; number <= 5; number++) journal.close(journal.open(number, 0, arriving()))
  t.strictSame(numbers(journal), [3, 4, 5])
  t.equal(journal.evicted, 2)
  t.equal(tally.evicted, 2)
  t.equal([...tally.answered][0]?.count, 5, 'each has been counted, kept or not')
  t.equal(journal.find('w-1'), undefined)
})

t.test('with a capacity of nothing, nothing is kept and everything is told', async (t) => {
  const journal = journalOf({ capacity: 0 })
  const told: number[] = []
  journal.watch(
    ({ number }) => told.push(number),
    () => undefined,
  )
  journal.close(journal.open(1, 0, arriving()))
  t.strictSame(journal.all(), [])
  t.equal(journal.evicted, 1)
  t.strictSame(told, [1])
})

t.test('it stays in order over many more requests than it keeps', async (t) => {
  const journal = journalOf({ capacity: 700 })
  for (let number = 1; number <= 5000; number++) journal.open(number, 0, arriving())
  t.strictSame(
    numbers(journal),
    Array.from({ length: 700 }, (_, at) => 4301 + at),
  )
  t.equal(journal.evicted, 4300)
})

t.test('bodies of more than 64 MiB together push the oldest out', async (t) => {
  const journal = journalOf()
  const mebibytes = (count: number) => Buffer.alloc(count * 1024 * 1024)
  const add = (number: number, bytes?: Buffer, body?: Buffer) => {
    const exchange = arriving()
    const entry = journal.open(number, 0, exchange)
    if (bytes) exchange.bytes = bytes
    if (body) exchange.answer = answer(body)
    journal.close(entry)
  }
  add(1, mebibytes(30))
  add(2, undefined, mebibytes(34))
  t.strictSame(numbers(journal), [1, 2])
  add(3, Buffer.alloc(1))
  t.strictSame(numbers(journal), [2, 3], 'one byte too many')
  add(4, mebibytes(29))
  t.strictSame(numbers(journal), [2, 3, 4], 'what is gone weighs nothing')
  const late = journal.open(5, 0, arriving({ bytes: mebibytes(64) }))
  journal.clear()
  journal.close(late)
  add(6, mebibytes(64))
  t.strictSame(numbers(journal), [6], 'nor does what was forgotten on its way')
})

t.test(
  'the account of a request is what it claims while it is under way, and what it claimed at its end from then on',
  async (t) => {
    const journal = journalOf()
    const exchange = arriving()
    const entry = journal.open(1, 0, exchange)
    t.equal(exchange.asked, 0)
    t.equal(entry.account, null)
    exchange.claimed = '5'
    t.equal(entry.account, '5', 'while it is under way the answer may change')
    journal.close(entry)
    t.equal(entry.account, '5')
    exchange.claimed = '6'
    t.equal(entry.account, '5')
    t.equal(exchange.asked, 3)
  },
)

t.test('watchers are told of each request that is over, until they leave', async (t) => {
  const journal = journalOf()
  const told: number[] = []
  const leave = journal.watch(
    ({ number }) => told.push(number),
    () => undefined,
  )
  const open = [journal.open(1, 0, arriving()), journal.open(2, 0, arriving())]
  t.strictSame(told, [], 'arriving is not enough')
  for (const entry of open.reverse()) journal.close(entry)
  leave()
  journal.close(journal.open(3, 0, arriving()))
  t.strictSame(told, [2, 1])
})

t.test('a transcript hides secrets unless the journal shows them', async (t) => {
  const exchange = arriving({
    bytes: Buffer.from('{"token":"t"}'),
    answer: { status: 401, headers: { 'set-cookie': ['a=b', 'c=d'], age: 1, vary: undefined }, body: '{"token":"u"}' },
    refusal: { code: 'token-unknown', facts: { detail: 'eyJhbGciOiJ.e30.x' } },
    presented: { header: null, claims: null, holder: { vendor: 'acme', id: '9' } },
  })
  const veiled = journalOf()
  const hidden = veiled.transcript(veiled.open(1, 0, exchange))
  t.equal(hidden.url, '/acme/login?token=[redacted]')
  t.equal(hidden.target, '/login?token=[redacted]')
  t.strictSame(hidden.refusal, { code: 'token-unknown', facts: { detail: '[redacted]' } })
  t.strictSame(hidden.presented, exchange.presented)
  t.equal(hidden.text('see eyJhbGciOiJ.e30.x'), 'see [redacted]')
  t.equal(String(hidden.request.body), '{"token":"[redacted]"}')
  t.strictSame(hidden.response, {
    status: 401,
    headers: ['set-cookie', 'a=[redacted]', 'set-cookie', 'c=[redacted]', 'age', '1'],
    body: Buffer.from('{"token":"[redacted]"}'),
  })
  const open = journalOf({ secretsOf: null })
  const shown = open.transcript(open.open(1, 0, exchange))
  t.equal(shown.url, exchange.url)
  t.equal(shown.target, exchange.target)
  t.equal(shown.text('see eyJhbGciOiJ.e30.x'), 'see eyJhbGciOiJ.e30.x')
  t.strictSame(shown.refusal, exchange.refusal)
  t.strictSame(shown.request, { headers: exchange.rawHeaders, body: exchange.bytes })
  t.equal(String(shown.response?.body), '{"token":"u"}')
  const bare = open.transcript(open.open(2, 0, arriving()))
  t.equal(bare.response, null)
  t.equal(bare.refusal, undefined)
  t.equal(bare.presented, undefined)
  t.equal(bare.request.body, null)
})

const presented = { header: { alg: 'none' }, claims: { sub: '1', token: 't' }, holder: { vendor: 'acme', id: '9' } }

/** A journal with a request that has everything, one refused without a body, and one under way. */
function furnished(options: Partial<JournalOptions>) {
  const journal = journalOf({ capacity: 3, ...options })
  journal.open(1, 0, arriving())
  const full = arriving({
    bytes: Buffer.from([0xff, 0]),
    event: 'login',
    evidence: 'seed',
    reference: 'https://acme.example/login',
    fault: { id: 'fault-1', kind: 'delay' },
    answer: { status: 200, headers: { 'set-cookie': ['a=b', 'c=d'], age: 1 }, body: Buffer.from('body') },
  })
  full.claimed = '5'
  journal.close(journal.open(2, 10, full))
  const refusal = { code: 'unknown-route', facts: { path: '/x' } }
  const nearest = { id: 'login', method: 'POST', path: '/login' }
  const withheld = { case: 'success', status: 200, required: 'seed' }
  journal.close(
    journal.open(3, 20, arriving({ operation: null, refusal, presented, nearest, withheld, answer: answer() })),
  )
  journal.open(4, 30, arriving())
  return journal
}

t.test('a dump is plain JSON, and loading it gives the same journal', async (t) => {
  const journal = furnished({ secretsOf: null })
  const dump = journal.dump()
  t.strictSame(JSON.parse(JSON.stringify(dump)), dump)
  t.equal(dump.secrets, true)
  t.equal(dump.evicted, 1)
  const { durationMs, ...first } = dump.entries[0] ?? { durationMs: null }
  t.ok(Number(durationMs) > 0)
  t.strictSame(first, {
    world: 'w',
    number: 2,
    at: 10,
    vendor: 'acme',
    operation: 'login',
    event: 'login',
    account: '5',
    method: 'POST',
    url: '/acme/login?token=t',
    target: '/login?token=t',
    address: '127.0.0.1',
    evidence: 'seed',
    reference: 'https://acme.example/login',
    refusal: null,
    presented: null,
    fault: { id: 'fault-1', kind: 'delay' },
    nearest: null,
    request: { headers: ['Host', 'localhost', 'X-Twice', 'a', 'x-twice', 'b'], body: '/wA=' },
    response: { status: 200, headers: ['set-cookie', 'a=b', 'set-cookie', 'c=d', 'age', '1'], body: 'Ym9keQ==' },
  })
  t.match(dump.entries[1], {
    operation: null,
    account: null,
    refusal: { code: 'unknown-route' },
    presented,
    nearest: { id: 'login' },
    withheld: { case: 'success', status: 200, required: 'seed' },
  })
  t.match(dump.entries[2], { number: 4, durationMs: null, response: null, event: null })

  const loaded = new Journal('elsewhere', { capacity: 3, secretsOf: null }, () => false)
  loaded.open(99, 0, arriving())
  loaded.load(JSON.parse(JSON.stringify(dump)))
  t.strictSame(loaded.dump(), dump, 'what was there before is gone')
  t.equal(loaded.find('w-2')?.account, '5', 'ids stay as the client saw them')
})

t.test('a dump without secrets says so, and so does every dump of what was loaded from it', async (t) => {
  const dump = furnished({}).dump()
  t.equal(dump.secrets, false)
  t.strictSame(dump.entries[1]?.presented?.claims, { sub: '1', token: '[redacted]' })
  t.equal(dump.entries[0]?.url, '/acme/login?token=[redacted]')
  const loaded = journalOf({ secretsOf: null })
  loaded.load(dump)
  t.equal(loaded.dump().secrets, false)
  t.ok(loaded.isVeiled)
  loaded.clear()
  t.equal(loaded.dump().secrets, true, 'until it is emptied')
})

t.test('a dump with secrets shows them only where the journal that loads it does', async (t) => {
  const dump = furnished({ secretsOf: null }).dump()
  const loaded = journalOf()
  loaded.load(dump)
  t.equal(loaded.dump().entries[0]?.url, '/acme/login?token=[redacted]')
})

t.test('what is loaded fits: beyond the capacity the oldest is let go', async (t) => {
  const loaded = journalOf({ capacity: 1, secretsOf: null })
  loaded.load(furnished({ secretsOf: null }).dump())
  t.strictSame(numbers(loaded), [4])
  t.equal(loaded.evicted, 3)
})
