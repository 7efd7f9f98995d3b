/** Logins and reads, of the limit: of what plain `node:http` gives when it does the same work. */
import { isDeepStrictEqual } from 'node:util'
import { compare } from './compare.js'
import { shapeOf } from './likeness.js'
import { loggingIn, logIn, read, reading, tokenOf } from './requests.js'
import { served, understudy } from './servers.js'

const rows = [
  { what: 'login, opaque token (Tavio)', vendor: 'tavio', load: loggingIn, least: 0.9 },
  { what: 'login, HS256 (Faveo)', vendor: 'faveo', load: loggingIn, least: 0.85 },
  { what: 'read, RS256 (Thiio, GET /api/check)', vendor: 'thiio', load: reading, least: 0.85 },
  { what: 'read, opaque token (Tavio, me)', vendor: 'tavio', load: reading, least: 0.85 },
  { what: 'read, HS256 (Faveo, authenticate/user)', vendor: 'faveo', load: reading, least: 0.85 },
]

/** Throws where the two do not do the same. */
async function assertAlike(product, floor) {
  for (const vendor of ['tavio', 'faveo', 'thiio']) {
    for (const ask of [(url) => logIn(url, vendor), async (url) => read(url, vendor, await tokenOf(url, vendor))]) {
      const [ours, theirs] = [await shapeOf(await ask(product.url)), await shapeOf(await ask(floor.url))]
      if (isDeepStrictEqual(ours, theirs)) continue
      throw new Error(`${vendor}: the floor answers otherwise: ${JSON.stringify([ours, theirs])}`)
    }
  }
}

/** @param {import('./run.js').Bench} bench */
export async function* benchLimit({ effort, quick, tell }) {
  const product = await understudy()
  const unlogged = await understudy('--log-level', 'warn')
  const floor = await served('floor')
  const framed = await served('framed')
  try {
    await assertAlike(product, floor)
    await assertAlike(product, framed)
    const measured = async ({ what, vendor, load }, server) => {
      tell(what)
      const [one, other] = [await load(server.url, vendor), await load(floor.url, vendor)]
      return { what, ...(await compare({ ...one, pid: server.pid }, { ...other, pid: floor.pid }, effort)) }
    }
    const against = async (row, server) => {
      const compared = await measured(row, server)
      return { ...compared, target: `≥ ${row.least}`, met: compared.bySecond.ratio >= row.least }
    }
    for (const row of rows) yield await against(row, product)
    // What no product in Fastify can have.
    for (const row of quick ? [] : rows.filter(({ vendor }) => vendor !== 'thiio')) {
      yield await measured({ ...row, what: `${row.what}: the limit itself, in Fastify` }, framed)
    }
    // The floor writes no log; what the log alone costs is told by leaving it out.
    for (const row of quick ? [] : rows) {
      yield await against({ ...row, what: `${row.what}, without a log line for each request` }, unlogged)
    }
  } finally {
    await Promise.all([product, unlogged, floor, framed].map(({ stop }) => stop()))
  }
}
