import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { buildApp } from '../src/app.js'
import { floor, framed } from './bench/floor/floor.js'
import { shapeOf } from './bench/likeness.js'
import { median, ratioOf } from './bench/measure.js'
import { tables } from './bench/report.js'
import { logIn, logins, read, tokenOf, type VendorName } from './bench/requests.js'
import { cheapFixtures } from './support/emulate.js'

const vendors: readonly VendorName[] = ['tavio', 'faveo', 'thiio']

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address with one.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const floors: readonly (readonly [string, (bytes: Buffer) => Server | Promise<Server>])[] = [
  ['the floor', floor],
  ['the floor in Fastify', framed],
]

for (const [name, serve] of floors) {
  t.test(name, async (t) => {
    const app = await buildApp({ seed: 1, fixtures: cheapFixtures(), forceCloseConnections: true })
    await app.inject({ method: 'POST', url: '/_understudy/snapshots', payload: { name: 'seeded' } })
    const { rawPayload } = await app.inject('/_understudy/snapshots/seeded')
    const server = await serve(rawPayload)
    t.teardown(async () => {
      server.close()
      server.closeAllConnections()
      await app.close()
    })
    const [product, limit] = [await listening(app.server), await listening(server)]

    for (const vendor of vendors) {
      t.test(`${vendor}: answers a login and a read as the product does`, async (t) => {
        t.strictSame(await shapeOf(await logIn(limit, vendor)), await shapeOf(await logIn(product, vendor)))
        const [ours, theirs] = [await tokenOf(product, vendor), await tokenOf(limit, vendor)]
        t.not(ours, theirs)
        t.strictSame(await shapeOf(await read(limit, vendor, theirs)), await shapeOf(await read(product, vendor, ours)))
      })

      t.test(`${vendor}: does the work, and so refuses a wrong password and an altered token`, async (t) => {
        const { path, body } = logins[vendor]
        const wrong = body.replace('"password":"', '"password":"not ')
        const asked = { method: 'POST', headers: { 'content-type': 'application/json' }, body: wrong }
        t.equal((await fetch(limit + path, asked)).status, 401)
        const token = await tokenOf(limit, vendor)
        t.equal((await read(limit, vendor, token)).status, 200)
        // Not its last character, some bits of which mean nothing.
        t.equal(
          (
            await read(
              limit,
              vendor,
              token.replace(/..$/, (end: string) => (end === 'aa' ? 'bb' : 'aa')),
            )
          ).status,
          401,
        )
      })
    }
  })
}

t.test('figures', async (t) => {
  t.equal(median([5, 1, 100]), 5)
  t.same(median([]), Number.NaN)
  const rounds: [{ rate: number }, { rate: number }][] = [
    [{ rate: 9 }, { rate: 10 }],
    [{ rate: 1 }, { rate: 2 }],
    [{ rate: 60 }, { rate: 50 }],
  ]
  t.strictSame(
    ratioOf(rounds, ({ rate }) => rate),
    { one: 9, other: 10, ratio: 0.9, least: 0.5, most: 1.2 },
    'the ratio is the median of those of the rounds, not that of the medians',
  )
})

t.test('a report says what was missed, and has no verdict where there is no target', async (t) => {
  const ratio = { one: 9, other: 10, ratio: 0.9, least: 0.5, most: 1.2 }
  const compared = { what: 'a login', bySecond: ratio, byProcessorSecond: ratio, p99: ratio }
  const lines = tables([
    { ...compared, target: '≥ 0.95', met: false },
    { what: 'a start', figure: '3 ms', target: '≤ 4 ms', met: true },
    { what: 'a size', figure: '1 MB' },
  ]).split('\n')
  t.ok(lines.includes('| a login | 0.90, from 0.50 to 1.20 | 0.90 | 9 / 10 |  | 9.0 / 10.0 | ≥ 0.95 | **missed** |'))
  t.ok(lines.includes('| a start | 3 ms | ≤ 4 ms | met |'))
  t.ok(lines.includes('| a size | 1 MB |  |  |'))
})
