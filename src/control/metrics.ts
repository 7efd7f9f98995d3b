import { Type } from '@sinclair/typebox'
import type { MetricValueWithName, Registry } from 'prom-client'
import type { Durations } from '../core/tally.js'
import type { Control, ControlApp } from './control.js'

type Values = MetricValueWithName<string>[]

const labelsOf = ({ vendor, operation }: { readonly vendor: string; readonly operation: string | null }) => ({
  vendor,
  operation: operation ?? 'none',
})

/** What Prometheus wants of a histogram: how many were at most so long, in how long altogether, how many at all. */
function buckets(name: string, durations: Durations): Values {
  const labels = labelsOf(durations)
  const upTo = durations.buckets.map(({ upTo, count: value }) => {
    const le = upTo === Number.POSITIVE_INFINITY ? '+Inf' : upTo
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value }
  })
  return [
    ...upTo,
    { metricName: `${name}_sum`, labels, value: durations.seconds },
    { metricName: `${name}_count`, labels, value: durations.buckets.at(-1)?.count ?? 0 },
  ]
}

/** Hands the plain numbers over to the library, each time that somebody asks. */
async function registryOf({ tally, worlds }: Control): Promise<Registry> {
  const { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } = await import('prom-client')
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })

  const counter = (
    name: string,
    help: string,
    labelNames: string[],
    values: () => Iterable<[Record<string, string>, number]>,
  ) =>
    new Counter({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset()
        for (const [labels, value] of values()) this.inc(labels, value)
      },
    })
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value())
      },
    })

  counter(
    'understudy_requests_total',
    'Vendor requests, by what became of them.',
    ['vendor', 'operation', 'status', 'refusal'],
    () =>
      [...tally.answered].map((answered) => [
        { ...labelsOf(answered), status: String(answered.status ?? 'none'), refusal: answered.refusal ?? 'none' },
        answered.count,
      ]),
  )
  counter('understudy_faults_fired_total', 'Faults that fired, by kind.', ['vendor', 'kind'], () =>
    [...tally.faulted].map(({ vendor, kind, count }) => [{ vendor, kind }, count]),
  )
  counter('understudy_journal_evicted_total', 'Requests that journals let go for want of room.', [], () => [
    [{}, tally.evicted],
  ])
  gauge('understudy_worlds', 'Worlds that there are.', () => worlds.size)
  gauge('understudy_journal_entries', 'Requests in the journals of all worlds.', () =>
    worlds.all().reduce((sum, { journal }) => sum + journal.size, 0),
  )

  const name = 'understudy_request_duration_seconds'
  const help = 'Real time from arrival to answer.'
  /**
   * Observed elsewhere, in plain numbers: the library's own observing would cost each request too much. This is the method
   * that its registry asks a histogram by.
   */
  class Observed extends Histogram {
    async getForPromString() {
      return { name, help, type: 'histogram', values: [...tally.durations].flatMap((one) => buckets(name, one)) }
    }
  }
  new Observed({ name, help, labelNames: ['vendor', 'operation'], registers })
  return registry
}

/** Numbers for Prometheus. */
export function metrics(app: ControlApp, control: Control): void {
  let registry: Promise<Registry> | undefined

  app.get(
    '/metrics',
    {
      schema: {
        operationId: 'readMetrics',
        summary: 'Numbers for Prometheus, of the whole server',
        response: {
          200: { description: 'Prometheus text', content: { 'text/plain': { schema: Type.String() } } },
        },
      },
    },
    async (_request, reply) => {
      // Loaded when somebody asks: a server that nobody watches starts without it.
      registry ??= registryOf(control)
      const known = await registry
      reply.type(known.contentType)
      return known.metrics()
    },
  )
}
