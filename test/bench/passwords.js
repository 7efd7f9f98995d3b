/** What checking passwords costs: others, where many are new, and a login whose password was right before. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hash } from 'bcryptjs'
import { compare } from './compare.js'
import { figure, ratioOf, spread } from './measure.js'
import { loggingIn, logins, reading } from './requests.js'
import { start, understudy } from './servers.js'
import { load } from './wrk.js'

const emailOf = (n) => `new-${n}@example.com`

/** A fixture with accounts whose hashes, at cost 10, all differ. @param {number} size */
async function fixtureOf(size) {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-'))
  const fixture = JSON.parse(readFileSync('fixtures/tavio.json', 'utf8'))
  const { id: _, ...john } = fixture.accounts[0]
  for (let n = 0; n < size; n++) {
    const passwordHash = (await hash(john.password, 10)).replace('$2b$', '$2y$')
    fixture.accounts.push({ ...john, username: `new-${n}`, email: emailOf(n), passwordHash })
  }
  writeFileSync(join(folder, 'tavio.json'), JSON.stringify(fixture))
  return folder
}

/** Reads by others, alone and while so many log in for the first time. */
async function round(fixtures, size, seconds) {
  const server = await understudy('--fixtures', fixtures)
  try {
    const { url, script } = await reading(server.url, 'tavio')
    await load(url, { script, seconds })
    const alone = await load(url, { script, seconds })
    let open = size
    const answers = Array.from({ length: size }, async (_, n) => {
      const answer = await fetch(server.url + logins.tavio.path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: emailOf(n), password: 'john.doe.password' }),
      })
      if (!answer.ok) throw new Error(`a first login was answered ${answer.status}`)
      open -= 1
    })
    const beside = await load(url, { script, seconds })
    if (open === 0) throw new Error('the first logins were over before the reads were')
    await Promise.all(answers)
    return /** @type {[{ p99: number }, { p99: number }]} */ ([beside, alone])
  } finally {
    await server.stop()
  }
}

/** @param {import('./run.js').Bench} bench */
export async function* benchPasswords({ quick, effort, tell }) {
  const [rounds, size, seconds] = quick ? [1, 40, 1] : [7, 200, 4]
  tell(`${size} first logins at once`)
  const fixtures = await fixtureOf(size)
  const all = []
  for (let n = 0; n < rounds; n++) all.push(await round(fixtures, size, seconds))
  rmSync(fixtures, { recursive: true })
  const p99 = ratioOf(all, (measured) => measured.p99)
  yield {
    what: `p99 of Tavio's me while ${size} others log in for the first time, in times of its idle value`,
    figure: `${spread(p99)} (${figure(p99.one, 1)} ms of ${figure(p99.other, 1)} ms)`,
    target: '≤ 3',
    met: p99.ratio <= 3,
  }

  if (quick) return
  tell('login with a password that was right before')
  // Both from files of their own, one of which is changed: the command is made of few.
  const command = ['dist/cli.js', '--port', '0', '--seed', '1']
  const checked = await start(command, 'ignore')
  const unchecked = await start(['--import', './test/bench/unchecked.js', ...command], 'ignore')
  try {
    const loaded = async ({ pid, url }) => ({ pid, ...(await loggingIn(url, 'tavio')) })
    const compared = await compare(await loaded(checked), await loaded(unchecked), effort)
    yield {
      what: 'login (Tavio) with a password that was right before, of one whose password is not looked at',
      ...compared,
      target: '≥ 0.91 (a cost of ≤ 1.1)',
      met: compared.bySecond.ratio >= 1 / 1.1,
    }
  } finally {
    await Promise.all([checked.stop(), unchecked.stop()])
  }
}
