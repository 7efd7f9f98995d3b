import t from 'tap'
import { emulate } from '../support/emulate.js'

const john = { username: 'john.doe', password: 'john.doe.password' }

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Reads the text format of Prometheus; throws for a line that is none of it. */
function parse(text: string): { types: Map<string, string>; samples: Sample[] } {
  const types = new Map<string, string>()
  const samples: Sample[] = []
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const type = /^# TYPE (\w+) (\w+)$/.exec(line)
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line)
    if (type) types.set(String(type[1]), String(type[2]))
    else if (sample) {
      const labels = [...(sample[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [
        name,
        value,
      ])
      samples.push({ name: String(sample[1]), labels: Object.fromEntries(labels), value: Number(sample[3]) })
    } else if (!line.startsWith('# HELP ')) throw new Error(line)
  }
  return { types, samples }
}

t.test('requests, durations, faults, worlds and journals are counted in the text format of Prometheus', async (t) => {
  const { get, post } = await emulate(t, { journal: 3 })
  const login = '/tavio/v1/acme/auth/login'
  const scrape = async () => {
    const { status, headers, text } = await get('/_understudy/metrics')
    t.equal(status, 200)
    t.match(headers['content-type'], /^text\/plain; version=0\.0\.4/)
    return parse(text)
  }
  t.strictSame(
    (await scrape()).samples.filter(({ name }) => name.startsWith('understudy_request')),
    [],
    'at first there is nothing to count',
  )
  await post(login, { body: john })
  await post(login, { body: john })
  await post(login, { body: { ...john, password: 'wrong' } })
  await get('/@w7/tavio/nowhere')
  await post('/_understudy/faults', { body: { match: { event: 'login' }, effect: { kind: 'reset' } } })
  await t.rejects(post(login, { body: john }))

  for (const turn of ['once', 'twice']) {
    const { types, samples } = await scrape()
    const of = (wanted: string) =>
      samples.filter(({ name }) => name === wanted).map(({ labels, value }) => ({ labels, value }))
    const tavio = { vendor: 'tavio' }
    t.strictSame(
      of('understudy_requests_total'),
      [
        { labels: { ...tavio, operation: 'login', status: '200', refusal: 'none' }, value: 2 },
        { labels: { ...tavio, operation: 'login', status: '401', refusal: 'wrong-password' }, value: 1 },
        { labels: { ...tavio, operation: 'none', status: '404', refusal: 'unknown-route' }, value: 1 },
        { labels: { ...tavio, operation: 'login', status: 'none', refusal: 'none' }, value: 1 },
      ],
      `the same however often it is read: ${turn}`,
    )
    t.strictSame(of('understudy_faults_fired_total'), [{ labels: { ...tavio, kind: 'reset' }, value: 1 }])
    t.strictSame(of('understudy_worlds'), [{ labels: {}, value: 2 }])
    t.strictSame(of('understudy_journal_entries'), [{ labels: {}, value: 4 }])
    t.strictSame(of('understudy_journal_evicted_total'), [{ labels: {}, value: 1 }])

    const name = 'understudy_request_duration_seconds'
    const buckets = of(`${name}_bucket`).filter(({ labels }) => labels['operation'] === 'login')
    const values = buckets.map(({ value }) => value)
    t.strictSame(
      values,
      [...values].sort((a, b) => a - b),
      'buckets hold what those before them hold',
    )
    t.strictSame(buckets.at(-1), { labels: { ...tavio, operation: 'login', le: '+Inf' }, value: 4 })
    t.strictSame(of(`${name}_count`), [
      { labels: { ...tavio, operation: 'login' }, value: 4 },
      { labels: { ...tavio, operation: 'none' }, value: 1 },
    ])
    t.ok(of(`${name}_sum`).every(({ value }) => value > 0 && value < 60))

    for (const [metric, type] of [
      ['understudy_requests_total', 'counter'],
      ['understudy_worlds', 'gauge'],
      [name, 'histogram'],
      ['process_cpu_seconds_total', 'counter'],
    ] as const) {
      t.equal(types.get(metric), type, metric)
    }
  }
})
