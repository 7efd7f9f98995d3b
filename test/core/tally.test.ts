import t from 'tap'
import type { Exchange } from '../../src/core/exchange.js'
import { Tally } from '../../src/core/tally.js'

const exchange = (more: Partial<Exchange> = {}): Exchange => ({
  vendor: 'acme',
  method: 'GET',
  url: '/',
  target: '/',
  rawHeaders: [],
  address: '127.0.0.1',
  operation: 'login',
  answer: { status: 200, headers: {}, body: null },
  claimant: () => undefined,
  ...more,
})

t.test('requests are counted by what became of them', async (t) => {
  const tally = new Tally()
  const refusal = { code: 'wrong-password', facts: {} }
  tally.count(exchange(), 1)
  tally.count(exchange(), 1)
  tally.count(exchange({ refusal, answer: { status: 401, headers: {}, body: null } }), 1)
  tally.count(exchange({ operation: null, answer: undefined }), 1)
  tally.count(exchange({ vendor: 'other' }), 1)
  const login = { vendor: 'acme', operation: 'login' }
  t.strictSame(
    [...tally.answered],
    [
      { ...login, status: 200, refusal: null, count: 2 },
      { ...login, status: 401, refusal: 'wrong-password', count: 1 },
      { vendor: 'acme', operation: null, status: null, refusal: null, count: 1 },
      { vendor: 'other', operation: 'login', status: 200, refusal: null, count: 1 },
    ],
  )
})

t.test('durations are counted by each bound that they do not exceed', async (t) => {
  const tally = new Tally()
  for (const ms of [0, 1, 1.001, 10_000, 10_001]) tally.count(exchange(), ms)
  const [durations] = tally.durations
  const counts = new Map(durations?.buckets.map(({ upTo, count }) => [upTo, count]))
  t.equal(counts.get(0.001), 2)
  t.equal(counts.get(0.0025), 3)
  t.equal(counts.get(5), 3)
  t.equal(counts.get(10), 4)
  t.equal(counts.get(Number.POSITIVE_INFINITY), 5)
  t.equal(durations?.seconds.toFixed(6), '20.003001')
  t.equal([...tally.durations].length, 1)
})

t.test('faults are counted by their kind, whatever became of the request', async (t) => {
  const tally = new Tally()
  tally.count(exchange({ fault: { id: 'fault-1', kind: 'reset' }, answer: undefined }), 1)
  tally.count(exchange({ fault: { id: 'fault-2', kind: 'reset' } }), 1)
  tally.count(exchange({ fault: { id: 'fault-3', kind: 'delay' } }), 1)
  tally.count(exchange(), 1)
  t.strictSame(
    [...tally.faulted],
    [
      { vendor: 'acme', kind: 'reset', count: 2 },
      { vendor: 'acme', kind: 'delay', count: 1 },
    ],
  )
})
