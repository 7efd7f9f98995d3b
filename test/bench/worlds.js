/** What a world costs: to make, to reset, to copy, and in memory. */
import { buildApp } from '../../dist/app.js'
import { figure, median, timed } from './measure.js'

const worlds = 1000

/** @param {import("./run.js").Bench} bench */
export async function* benchWorlds({ quick }) {
  const times = quick ? 100 : 300
  const app = await buildApp({ seed: 1, maxWorlds: 5000 })
  const post = (url, payload) => app.inject({ method: 'POST', url: `/_understudy${url}`, ...(payload && { payload }) })
  const login = (world) =>
    app.inject({
      method: 'POST',
      url: `/@${world}/tavio/v1/acme/auth/login`,
      payload: { username: 'john.doe', password: 'john.doe.password' },
    })
  await timed(50, (turn) => post('/worlds', { name: `warm-${turn}` }))
  await login('default')
  const made = await timed(times, (turn) => post('/worlds', { name: `made-${turn}` }))
  const reset = await timed(times, () => post('/reset'))
  const copied = await timed(times, (turn) => post('/worlds', { name: `copy-${turn}`, from: { world: 'default' } }))
  await app.close()
  yield { what: 'a world made', figure: `${figure(median(made))} ms`, target: '≤ 2 ms', met: median(made) <= 2 }
  yield { what: 'a world reset', figure: `${figure(median(reset))} ms`, target: '≤ 2 ms', met: median(reset) <= 2 }
  yield { what: 'a world copied', figure: `${figure(median(copied))} ms`, target: '≤ 2 ms', met: median(copied) <= 2 }
  yield* benchMemory()
}

/** Resident memory by world; each has served a login, so that nothing is put off. */
async function* benchMemory() {
  const app = await buildApp({ seed: 1, maxWorlds: worlds + 100 })
  const login = async (world) => {
    const { statusCode } = await app.inject({
      method: 'POST',
      url: `/@${world}/tavio/v1/acme/auth/login`,
      payload: { username: 'john.doe', password: 'john.doe.password' },
    })
    if (statusCode !== 200) throw new Error(`a login was answered ${statusCode}`)
  }
  for (let n = 0; n < 50; n++) await login(`warm-${n}`)
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  for (let n = 0; n < worlds; n++) await login(`w${n}`)
  globalThis.gc?.()
  const each = (process.memoryUsage().rss - before) / worlds / 1024
  await app.close()
  yield {
    what: `memory of a world, at ${worlds} worlds with a login each`,
    figure: `${figure(each, 0)} KiB`,
    target: '≤ 200 KiB',
    met: each <= 200,
  }
}
