/** What a snapshot costs with 100,000 accounts. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { buildApp } from '../../dist/app.js'
import { figure, median, timed } from './measure.js'

const crowd = 100_000

function crowdedFixtures() {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-'))
  const fixture = JSON.parse(readFileSync(resolve('fixtures/tavio.json'), 'utf8'))
  const [john] = fixture.accounts
  for (let n = 0; n < crowd; n++) {
    const { id: _, ...rest } = john
    fixture.accounts.push({ ...rest, username: `user-${n}`, email: `user-${n}@example.com` })
  }
  writeFileSync(join(folder, 'tavio.json'), JSON.stringify(fixture))
  return folder
}

/** @param {import("./run.js").Bench} bench */
export async function* benchSnapshots({ quick }) {
  const times = quick ? 1 : 7
  const fixtures = crowdedFixtures()
  const app = await buildApp({ seed: 1, fixtures, journalSecrets: true })
  const post = async (url, payload) => {
    const answer = await app.inject({ method: 'POST', url, ...(payload && { payload }) })
    if (answer.statusCode >= 400) throw new Error(`${url}: ${answer.body}`)
  }
  const remove = (name) => app.inject({ method: 'DELETE', url: `/_understudy/snapshots/${name}` })
  const measure = async () => {
    const taken = await timed(times, async (turn) => {
      await post('/_understudy/snapshots', { name: `s${turn}` })
      if (turn > 0) await remove(`s${turn - 1}`)
    })
    const restored = await timed(times, () => post(`/_understudy/snapshots/s${times - 1}/restore`))
    await remove(`s${times - 1}`)
    return { taken: median(taken), restored: median(restored) }
  }
  const fresh = await measure()
  for (let n = 0; n < 100; n++) {
    await post('/tavio/v1/acme/auth/login', { username: `user-${n * 7}`, password: 'john.doe.password' })
  }
  const journalled = await measure()
  await app.close()
  rmSync(fixtures, { recursive: true })
  const row = (what, ms) => ({ what, figure: `${figure(ms, 0)} ms`, target: '≤ 300 ms', met: ms <= 300 })
  yield row(`a snapshot of ${crowd} accounts`, fresh.taken)
  yield row(`its restoration`, fresh.restored)
  yield row(`a snapshot of ${crowd} accounts and a journal of 100 requests with its base`, journalled.taken)
  yield row(`its restoration`, journalled.restored)
}
