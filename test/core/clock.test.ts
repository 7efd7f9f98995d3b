import fc from 'fast-check'
import t from 'tap'
import {
  addYears,
  Clock,
  calendar,
  certificateInstant,
  dateOf,
  httpDate,
  iso,
  parseInstant,
  pause,
  rfc3339,
  seconds,
  turn,
} from '../../src/core/clock.js'
import { start } from '../support/realm.js'

fc.configureGlobal({ seed: 1 })

function clockOn(ms = start) {
  const machine = { ms }
  return { machine, clock: new Clock(() => machine.ms) }
}

t.test('a clock that nobody touched tells the time of its machine', async (t) => {
  const { machine, clock } = clockOn()
  t.equal(clock.now(), start)
  machine.ms += 1234
  t.equal(clock.now(), start + 1234)
  t.equal(clock.state, 'running')
  t.equal(clock.offsetMs, 0)
})

t.test('without a machine of its own a clock follows this one', async (t) => {
  const before = Date.now()
  const now = new Clock().now()
  t.ok(before <= now && now <= Date.now())
})

t.test('a frozen clock stands where it was frozen while its machine runs on', async (t) => {
  const { machine, clock } = clockOn()
  clock.freeze()
  machine.ms += 5000
  t.equal(clock.now(), start)
  t.equal(clock.state, 'frozen')
  t.equal(clock.offsetMs, -5000)
  clock.freeze(start + 90_000)
  t.equal(clock.now(), start + 90_000)
  t.equal(clock.offsetMs, 85_000)
})

t.test('an advanced clock runs on ahead of its machine', async (t) => {
  const { machine, clock } = clockOn()
  clock.advance(3_600_000)
  machine.ms += 10
  t.equal(clock.now(), start + 3_600_010)
  t.equal(clock.state, 'running')
  t.equal(clock.offsetMs, 3_600_000)
})

t.test('resume leaves a running clock as it is', async (t) => {
  const { clock } = clockOn()
  clock.advance(500)
  clock.resume()
  t.equal(clock.now(), start + 500)
  t.equal(clock.state, 'running')
})

const duration = fc.integer({ min: 0, max: 10 ** 10 })
const durations = fc.array(duration, { maxLength: 8 })

t.test('a running clock never goes back', async () => {
  const step = fc.oneof(
    duration.map((ms) => ({ name: 'run' as const, ms })),
    duration.map((ms) => ({ name: 'advance' as const, ms })),
    duration.map((ms) => ({ name: 'freeze' as const, ms })),
    fc.constant({ name: 'resume' as const, ms: 0 }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const { machine, clock } = clockOn()
      let last = clock.now()
      for (const { name, ms } of steps) {
        if (name === 'run') machine.ms += ms
        else if (name === 'advance') clock.advance(ms)
        else if (name === 'freeze') clock.freeze()
        else clock.resume()
        if (clock.now() < last) return false
        last = clock.now()
      }
      return true
    }),
  )
})

t.test('advances of a frozen clock add up, whatever its machine does', async () => {
  fc.assert(
    fc.property(durations, durations, (advances, runs) => {
      const { machine, clock } = clockOn()
      clock.freeze()
      advances.forEach((ms, index) => {
        clock.advance(ms)
        machine.ms += runs[index] ?? 0
      })
      return clock.now() === advances.reduce((sum, ms) => sum + ms, start)
    }),
  )
})

t.test('a resumed clock runs on from where it stood', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 13 }), duration, duration, (at, whileFrozen, after) => {
      const { machine, clock } = clockOn()
      clock.freeze(at)
      machine.ms += whileFrozen
      clock.resume()
      const resumed = clock.now()
      machine.ms += after
      return resumed === at && clock.now() === at + after && clock.state === 'running'
    }),
  )
})

t.test('a clock that was reset follows its machine again, whatever was done to it', async () => {
  fc.assert(
    fc.property(duration, duration, fc.boolean(), (before, after, isFrozen) => {
      const { machine, clock } = clockOn()
      clock.advance(before)
      if (isFrozen) clock.freeze()
      machine.ms += after
      clock.reset()
      return clock.now() === machine.ms && clock.offsetMs === 0 && clock.state === 'running'
    }),
  )
})

t.test('seconds are whole and rounded down', async (t) => {
  for (const [ms, expected] of [
    [0, 0],
    [999, 0],
    [1000, 1],
    [start + 999, 1_767_225_600],
    [-1, -1],
  ] as const) {
    t.equal(seconds(ms), expected, String(ms))
  }
})

t.test('an instant is written in UTC in each format', async (t) => {
  // 1,700,000,000 s, a well known instant: Tuesday 14 November 2023, 22:13:20 UTC
  const ms = 1_700_000_000_987
  t.equal(rfc3339(ms), '2023-11-14T22:13:20Z')
  t.equal(iso(ms), '2023-11-14T22:13:20.987Z')
  t.equal(httpDate(ms), 'Tue, 14 Nov 2023 22:13:20 GMT')
  t.equal(httpDate(ms + 13), 'Tue, 14 Nov 2023 22:13:21 GMT')
  t.equal(httpDate(ms), 'Tue, 14 Nov 2023 22:13:20 GMT')
  t.strictSame(calendar(ms), { year: '2023', month: '11', day: '14', hour: '22', minute: '13', second: '20' })
  t.strictSame(
    calendar(start + ((4 * 60 + 5) * 60 + 6) * 1000),
    { year: '2026', month: '01', day: '01', hour: '04', minute: '05', second: '06' },
    'two digits each',
  )
})

t.test('years are calendar years, and 29 February becomes 1 March where there is none', async (t) => {
  for (const [from, years, expected] of [
    ['2026-01-01T00:00:00.000Z', 5, '2031-01-01T00:00:00.000Z'],
    ['2024-02-29T12:34:56.789Z', 4, '2028-02-29T12:34:56.789Z'],
    ['2024-02-29T12:34:56.789Z', 5, '2029-03-01T12:34:56.789Z'],
    ['2026-12-31T23:59:59.999Z', 1, '2027-12-31T23:59:59.999Z'],
  ] as const) {
    t.equal(new Date(addYears(Date.parse(from), years)).toISOString(), expected, `${from} + ${years}`)
  }
})

t.test('an instant is read from ISO 8601; without a zone it is UTC, without a time midnight', async (t) => {
  for (const [text, expected] of [
    ['2026-01-01', start],
    ['2026-01-01T00:00:00', start],
    ['2026-01-01 00:00:00', start],
    ['2026-01-01T00:00:00Z', start],
    ['2026-01-01T02:30:00+02:30', start],
    ['2025-12-31T19:00:00-05:00', start],
    ['2026-01-01T00:00:00.5', start + 500],
    ['2026-01-01T00:00:00.123456789Z', start + 123],
    ['2026-01-01T00:00:00.9999Z', start + 999],
    ['2024-02-29', 1_709_164_800_000],
    ['1970-01-01', 0],
  ] as const) {
    t.equal(parseInstant(text), expected, text)
  }
})

t.test('what is no instant is read as none', async (t) => {
  for (const text of [
    '',
    'now',
    '2026',
    '1767225600000',
    '2026-01-01T00:00',
    '2026-01-01Z',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00.1234567890Z',
    '2026-01-01T00:00:00 Z',
    '2026-01-01T00:00:00+2:00',
    ' 2026-01-01',
    '2026-01-01\n',
    '2026-00-01',
    '2026-13-01',
    '2026-01-00',
    '2026-01-32',
    '2026-02-29',
    '2026-02-30T00:00:00Z',
    '2026-04-31',
    '2026-01-01T25:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:60Z',
    '2026-01-01T00:00:00+24:00',
  ]) {
    t.equal(parseInstant(text), null, JSON.stringify(text))
  }
})

t.test('what a clock writes it reads back', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }), (ms) => {
      const whole = seconds(ms) * 1000
      return parseInstant(iso(ms)) === ms && parseInstant(rfc3339(ms)) === whole && Date.parse(httpDate(ms)) === whole
    }),
  )
})

t.test('a pause lasts as long as it says, and not longer than anybody wants it', async (t) => {
  const { signal } = new AbortController()
  const order: string[] = []
  const paused = (name: string, ms: number, over: AbortSignal) => pause(ms, over).then(() => order.push(name))
  const leaving = new AbortController()
  const hour = 3_600_000
  const all = [
    paused('long', 40, signal),
    paused('short', 1, signal),
    paused('left', hour, leaving.signal),
    paused('over before it began', hour, AbortSignal.abort()),
  ]
  leaving.abort()
  await Promise.all(all)
  t.strictSame(order, ['over before it began', 'left', 'short', 'long'])
})

t.test('whoever waits for a turn lets all that is due go first', async (t) => {
  const done: string[] = []
  setImmediate(() => done.push('due'))
  void Promise.resolve().then(() => done.push('at once'))
  await turn()
  t.strictSame(done, ['at once', 'due'])
})

t.test('instants of certificates are read and written to the second', async (t) => {
  t.equal(certificateInstant('Nov  2 08:05:09 2026 GMT'), Date.UTC(2026, 10, 2, 8, 5, 9))
  t.equal(dateOf(Date.UTC(2049, 11, 31)).toISOString(), '2049-12-31T00:00:00.000Z')
})
