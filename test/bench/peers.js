/** Other servers that stand in for an API, fetched into a folder of their own. Nothing of the product needs them. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = join(tmpdir(), 'understudy-peers')

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const json = { 'content-type': 'application/json' }
const clientCredentials = 'grant_type=client_credentials&client_id=client&client_secret=secret&scope=api'

const oidcProvider = `import Provider from 'oidc-provider'
const port = Number(process.argv[2])
new Provider('http://127.0.0.1:' + port, {
  clients: [{ client_id: 'client', client_secret: 'secret', grant_types: ['client_credentials'], redirect_uris: [],
    response_types: [], token_endpoint_auth_method: 'client_secret_post' }],
  scopes: ['api'],
  features: { clientCredentials: { enabled: true } },
}).listen(port, '127.0.0.1')
`

const mockoon = JSON.stringify({
  uuid: 'b2f3c1d0-0000-4000-8000-000000000000',
  lastMigration: 33,
  name: 'login',
  endpointPrefix: '',
  latency: 0,
  port: 3000,
  hostname: '127.0.0.1',
  routes: [
    {
      uuid: 'b2f3c1d0-0000-4000-8000-000000000001',
      type: 'http',
      documentation: '',
      method: 'post',
      endpoint: 'login',
      responses: [
        {
          uuid: 'b2f3c1d0-0000-4000-8000-000000000002',
          body: '{"token":"token","expires_in":3600}',
          latency: 0,
          statusCode: 200,
          label: '',
          headers: [{ key: 'Content-Type', value: 'application/json' }],
          bodyType: 'INLINE',
          filePath: '',
          databucketID: '',
          sendFileAsBody: false,
          rules: [],
          rulesOperator: 'OR',
          disableTemplating: true,
          fallbackTo404: false,
          default: true,
          crudKey: 'id',
          callbacks: [],
        },
      ],
      responseMode: null,
      streamingMode: null,
      streamingInterval: 0,
    },
  ],
  rootChildren: [{ type: 'route', uuid: 'b2f3c1d0-0000-4000-8000-000000000001' }],
  folders: [],
  proxyMode: false,
  proxyHost: '',
  proxyRemovePrefix: false,
  tlsOptions: {},
  cors: true,
  headers: [],
  proxyReqHeaders: [],
  proxyResHeaders: [],
  data: [],
  callbacks: [],
})

/**
 * What each is asked first, `path` with `asked`, is also its answer that is most like a login.
 */
const peers = [
  {
    name: 'oauth2-mock-server',
    version: '8.2.0',
    args: (port) => ['node_modules/oauth2-mock-server/dist/oauth2-mock-server.js', '-a', '127.0.0.1', '-p', port],
    path: '/token',
    asked: { method: 'POST', headers: form, body: clientCredentials },
  },
  {
    name: 'oidc-provider',
    version: '9.13.3',
    files: { 'server.mjs': oidcProvider },
    args: (port) => ['server.mjs', port],
    path: '/token',
    asked: { method: 'POST', headers: form, body: clientCredentials },
  },
  {
    name: 'json-server',
    version: '0.17.4',
    files: { 'db.json': '{"login":{"token":"token","expires_in":3600}}' },
    args: (port) => [
      'node_modules/json-server/lib/cli/bin.js',
      '--quiet',
      '--host',
      '127.0.0.1',
      '--port',
      port,
      'db.json',
    ],
    path: '/login',
    asked: {},
  },
  {
    name: '@mockoon/cli',
    version: '9.9.0',
    files: { 'login.json': mockoon },
    args: (port) => ['node_modules/@mockoon/cli/bin/run.js', 'start', '--data', 'login.json', '--port', port],
    path: '/login',
    asked: { method: 'POST', headers: json, body: '{}' },
  },
  {
    name: '@stoplight/prism-cli',
    version: '5.14.2',
    args: (port) => [
      'node_modules/@stoplight/prism-cli/dist/index.js',
      'mock',
      '-h',
      '127.0.0.1',
      '-p',
      port,
      resolve('openapi/tavio.json'),
    ],
    path: '/v1/acme/auth/login',
    asked: { method: 'POST', headers: json, body: '{"username":"john.doe","password":"john.doe.password"}' },
  },
]

async function fetched({ name, version, files = {} }) {
  const folder = join(root, `${name.replace('@', '').replace('/', '-')}-${version}`)
  if (existsSync(folder)) return folder
  const making = `${folder}.new`
  rmSync(making, { recursive: true, force: true })
  mkdirSync(making, { recursive: true })
  writeFileSync(join(making, 'package.json'), '{"private":true}')
  await run('npm', ['install', '--no-audit', '--no-fund', `${name}@${version}`], { cwd: making })
  for (const [file, content] of Object.entries(files)) writeFileSync(join(making, file), content)
  renameSync(making, folder)
  return folder
}

/** Fetches those that are not there yet. @param {(what: string) => void} tell */
export async function preparePeers(tell) {
  const ready = []
  const missing = []
  for (const peer of peers) {
    const { name, version, path, asked } = peer
    tell(`fetching ${name}`)
    try {
      const folder = await fetched(peer)
      const command = (port) => ({ args: peer.args(String(port)), folder })
      ready.push({ name: `${name} ${version}`, command, path, asked })
    } catch (error) {
      missing.push(`${name} ${version} could not be fetched: ${error.message.split('\n', 1)[0]}`)
    }
  }
  return { ready, missing }
}
