import { Worker } from 'node:worker_threads'
import t from 'tap'
import { makers, openings, type Pattern, patterns, pumps } from '../support/patterns.js'

/*
 * Each expression is let loose on long repetitions of what it is made of, on a thread that is ended where one string
 * takes longer than the limit. At 100,000 characters what is linear takes a millisecond, what is quadratic four seconds
 * and more, and what is exponential for ever; so the limit lies a thousand times above the one, and well below the others.
 */
const length = 100_000
const limitMs = 2000

interface Attack {
  readonly index: number
  readonly opening: string
  readonly pump: string
  readonly ending: string
}

/** The strings at which expressions do not come to an end in time; the first of each. */
async function stumbling(found: readonly Pattern[]): Promise<string[]> {
  const stumbled: string[] = []
  for (let from = 0; from < found.length; ) {
    const left = found.slice(from)
    const patterns = left.map((pattern) => ({ ...pattern, pumps: pumps(pattern), openings: openings(pattern) }))
    const worker = new Worker(new URL('../support/stumble.js', import.meta.url), {
      workerData: { patterns, length },
      execArgv: [],
    })
    const at = await new Promise<Attack | null>((resolve, reject) => {
      let current: Attack | null = null
      let timer = setTimeout(() => undefined, 0)
      worker.on('error', reject)
      worker.on('message', (attack: Attack | null) => {
        clearTimeout(timer)
        current = attack
        if (attack === null) resolve(null)
        else timer = setTimeout(() => resolve(current), limitMs)
      })
    })
    await worker.terminate()
    if (at === null) return stumbled
    const { source, flags, at: where } = left[at.index] ?? { source: '', flags: '', at: '' }
    stumbled.push(
      `${where} /${source}/${flags} at ${JSON.stringify(at.opening)} and ${JSON.stringify(at.pump)} again and again`,
    )
    from += at.index + 1
  }
  return stumbled
}

/** Quadratic, but never asked about anything long. */
const bounded: Readonly<Record<string, string>> = {
  'core/redacted-json.ts': 'texts that are JSON, in which every string has an end',
  'dialects/newtonsoft.ts': 'an instant that the clock has written',
  'vendors/settings.ts': 'a host name, of which 253 characters are looked at',
}

t.test('every regular expression comes to an end over whatever it is repeated', async (t) => {
  const found = patterns()
  t.ok(found.length > 90)
  const stumbled = await stumbling(found)
  t.strictSame(
    stumbled.filter((one) => !(String(one.split(':', 1)[0]) in bounded)),
    [],
  )
  t.equal(stumbled.length, Object.keys(bounded).length, 'one in each of the files that are excused')
})

t.test('one that does not is found', async (t) => {
  const planted = ['^(a+)+$', 'ey[\\w-]{6,}\\.[\\w-]+\\.[\\w-]*', '.*bearer([^,]*)']
  const found = await stumbling(planted.map((source) => ({ source, flags: 'gs', at: 'planted' })))
  t.strictSame(
    found.map((one) => one.slice('planted /'.length, one.indexOf('/gs at'))),
    planted,
  )
})

t.test('expressions that are made of texts are where they are known', async (t) => {
  t.strictSame([...makers()].sort(), [
    'dialects/php-filter.ts',
    'dialects/php-json-decode.ts',
    'http/routes.ts',
    'readme.ts',
  ])
})
