import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { folderOf } from './support/folder.js'
import { pack } from './support/install.js'

const run = promisify(execFile)

// better-sqlite3 is compiled where no prebuilt binary can be had, beside other tests.
const timeout = 15 * 60_000
t.setTimeout(timeout)

// What the test runner puts into its children is nothing that a user has.
const { NODE_OPTIONS: _, ...env } = process.env

/** Codes by which npm says that it reached no registry. */
const unreachable =
  /^npm error code (E(?:AI_AGAIN|NOTFOUND|CONNREFUSED|CONNRESET|NETUNREACH|HOSTUNREACH|TIMEDOUT|NOTCACHED))$/m

/** Installs as a user does; why no registry can be had, if so. Throws where it fails otherwise. */
async function findObstacle(t: Test, tarball: string, cwd: string): Promise<string | undefined> {
  const args = ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball]
  let seconds = 0
  const progress = setInterval(() => {
    seconds += 15
    t.comment(`npm install has resolved, downloaded or compiled for ${seconds} s`)
  }, 15_000)
  try {
    await run('npm', args, { cwd, env, timeout })
    return undefined
  } catch (error) {
    const [, code] = unreachable.exec(Object(error).stderr) ?? []
    if (code === undefined) throw error
    return `npm reaches no registry (${code})`
  } finally {
    clearInterval(progress)
  }
}

const skip =
  process.env.UNDERSTUDY_TEST_INSTALL !== '1' &&
  'takes packages from a registry and may compile for minutes; UNDERSTUDY_TEST_INSTALL=1 has it done'

t.test(
  'installed from its tarball into an empty folder, as npm resolves its ranges, it serves',
  { skip },
  async (t) => {
    const tarball = await pack(t)
    const folder = folderOf(t)
    const obstacle = await findObstacle(t, tarball, folder)
    if (obstacle !== undefined) return t.pass('installs', { skip: obstacle })
    t.ok(readdirSync(folder).includes('node_modules'))
    await t.resolves(run('npm', ['ls', '--all', '--omit=dev'], { cwd: folder, env }), 'nothing is missing or invalid')

    const server = spawn('npx', ['--no-install', 'understudy', '--port', '0'], { cwd: folder, env, detached: true })
    t.teardown(() => server.kill('SIGKILL'))
    const ended = once(server, 'exit')
    let printed = ''
    for await (const text of server.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
      printed += text
      if (printed.includes('Try:')) break
    }
    const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(printed) ?? []
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ username: 'john.doe', password: 'john.doe.password' })
    t.equal((await fetch(`${url}/tavio/v1/acme/auth/login`, { method: 'POST', headers, body })).status, 200)
    const { stdout } = await run('npx', ['--no-install', 'understudy', 'health', url], { cwd: folder, env })
    t.match(stdout, `${url} serves: version `)
    // npx, its shell and the command, as a terminal would.
    process.kill(-Number(server.pid), 'SIGINT')
    await ended
    await t.rejects(fetch(url))
  },
)
