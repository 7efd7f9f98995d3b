import t from 'tap'
import { select } from '../../src/http/select.js'

const plain = { trailingSlash: false, caseInsensitivePaths: false }
const vendors = [
  { name: 'tavio', hosts: ['api.integrationmarketplace.io'], manners: plain },
  { name: 'thiio', hosts: ['*.thiio.io'], manners: { ...plain, trailingSlash: true } },
  { name: 'babelfor', hosts: [], manners: { trailingSlash: true, caseInsensitivePaths: true } },
]
const noHosts = () => []
const at = (url: string, host = '127.0.0.1:4555', world?: string) =>
  select({ url, headers: { host, ...(world !== undefined && { 'x-understudy-world': world }) } }, vendors, noHosts)

t.test('the vendor is found by host or path, the world by header, prefix or host, in that order', async (t) => {
  const rows: [string, string, string | undefined, object][] = [
    [
      '/tavio/v1/a?b=c',
      'localhost',
      undefined,
      { world: 'default', vendor: 'tavio', mount: '/tavio', path: '/v1/a?b=c', url: '/tavio/v1/a?b=c' },
    ],
    ['/tavio', 'localhost', undefined, { vendor: 'tavio', mount: '/tavio', path: '/', url: '/tavio/' }],
    ['/tavio?x=1', 'localhost', undefined, { vendor: 'tavio', path: '/?x=1', url: '/tavio/?x=1' }],
    [
      '/@w7/tavio/v1/a',
      'localhost',
      undefined,
      { world: 'w7', vendor: 'tavio', mount: '/@w7/tavio', path: '/v1/a', url: '/tavio/v1/a' },
    ],
    ['/@w7/tavio/v1/a', 'localhost', 'w8', { world: 'w8', vendor: 'tavio', mount: '/@w7/tavio' }],
    [
      '/v1/a',
      'api.integrationmarketplace.io',
      undefined,
      { world: 'default', vendor: 'tavio', mount: '', path: '/v1/a', url: '/tavio/v1/a' },
    ],
    ['/v1/a', 'API.IntegrationMarketplace.io:443', undefined, { vendor: 'tavio', mount: '' }],
    ['/api/login', 'my-domain.thiio.io', undefined, { vendor: 'thiio', mount: '', url: '/thiio/api/login' }],
    ['/api/login', 'thiio.io', undefined, { vendor: null }],
    ['/api/login', 'a.b.thiio.io', undefined, { vendor: null }],
    ['/v1/a', 'tavio.localhost:4555', undefined, { world: 'default', vendor: 'tavio', mount: '' }],
    ['/v1/a', 'tavio.w9.localhost', undefined, { world: 'w9', vendor: 'tavio', mount: '' }],
    ['/@w7/v1/a', 'tavio.w9.localhost', undefined, { world: 'w7', vendor: 'tavio', mount: '/@w7', path: '/v1/a' }],
    ['/v1/a', 'nobody.localhost', undefined, { vendor: null }],
    ['/tavio/v1/a', 'my-domain.thiio.io', undefined, { vendor: 'thiio', url: '/thiio/tavio/v1/a' }],
    ['/_understudy/health', 'localhost', undefined, { vendor: null, url: '/_understudy/health' }],
    ['/@w7/_understudy/clock', 'localhost', undefined, { world: 'w7', vendor: null, url: '/_understudy/clock' }],
    ['/_understudy/health', 'tavio.localhost', undefined, { vendor: null }],
    [
      '/_understudy/health',
      'api.integrationmarketplace.io',
      undefined,
      { vendor: 'tavio', url: '/tavio/_understudy/health' },
    ],
    ['/nobody/x', 'localhost', undefined, { vendor: null, url: '/nobody/x' }],
    ['/taviolo/x', 'localhost', undefined, { vendor: null }],
    ['http://api.integrationmarketplace.io/v1/a', 'localhost', undefined, { vendor: 'tavio', path: '/v1/a' }],
    [
      '/%74avio/v1/a',
      'localhost',
      undefined,
      { vendor: 'tavio', mount: '/%74avio', path: '/v1/a', url: '/tavio/v1/a' },
    ],
    ['/%5funderstudy/health', 'localhost', undefined, { vendor: null }],
    ['/tavio/v1/a#b', 'localhost', undefined, { vendor: 'tavio', path: '/v1/a' }],
    ['http://faveo.example:81/x', 'localhost:80', undefined, { vendor: null, host: 'faveo.example:81' }],
    ['/x', 'LocalHost:80', undefined, { host: 'LocalHost:80' }],
    ['http://api.integrationmarketplace.io', 'localhost', undefined, { vendor: 'tavio', path: '/' }],
  ]
  for (const [url, host, world, expected] of rows) t.match(at(url, host, world), expected, `${url} at ${host}`)
})

t.test('a trailing slash and letter case are ignored only where the vendor ignores them', async (t) => {
  t.equal(at('/tavio/v1/Me/').url, '/tavio/v1/Me/')
  t.equal(at('/thiio/api/Login/?x=Y').url, '/thiio/api/Login?x=Y')
  t.equal(at('/thiio/api/login//').url, '/thiio/api/login/', 'one slash, not more')
  t.equal(at('/babelfor/V1/Auth/Login/?Take=1').url, '/babelfor/v1/auth/login?Take=1')
  t.equal(at('/thiio/').url, '/thiio/')
})

t.test('a malformed world name is a problem wherever it stands', async (t) => {
  for (const name of ['', 'W7', '-a', 'a_b', 'a'.repeat(64), 'ä', '..']) {
    t.type(at('/tavio/v1/a', 'localhost', name).problem, 'string', `header ${name}`)
    t.type(at(`/@${name}/tavio/v1/a`).problem, 'string', `prefix ${name}`)
  }
  t.equal(at('/tavio/v1/a', 'localhost', 'a'.repeat(63)).problem, undefined)
})

t.test('the scheme by which the client asked is told by a header, or not at all', async (t) => {
  const told = (scheme: string) =>
    select({ url: '/tavio/v1/a', headers: { 'x-understudy-scheme': scheme } }, vendors, noHosts).scheme
  for (const scheme of ['http', 'https']) t.equal(told(scheme), scheme)
  for (const other of ['', 'HTTPS', 'ftp', 'https, http']) t.equal(told(other), undefined, other)
  t.equal(at('https://tavio.localhost/v1/a').scheme, undefined, 'nor by the target, which is the way of proxies')
})

t.test('a host that a world’s settings add belongs to the vendor in that world', async (t) => {
  const hostsOf = (world: string, vendor: string) => (world === 'w7' && vendor === 'tavio' ? ['hub.example.com'] : [])
  const headers = { host: 'hub.example.com' }
  t.equal(select({ url: '/@w7/v1/a', headers }, vendors, hostsOf).vendor, 'tavio')
  t.equal(select({ url: '/v1/a', headers }, vendors, hostsOf).vendor, null)
})

t.test(
  'a vendor’s own port comes before Host and path; worlds and the control plane are there as elsewhere',
  async (t) => {
    const rows: [string, string, object][] = [
      ['/v1/a', 'localhost', { world: 'default', vendor: 'tavio', mount: '', path: '/v1/a', url: '/tavio/v1/a' }],
      ['/tavio/v1/a', 'localhost', { vendor: 'tavio', mount: '', url: '/tavio/tavio/v1/a' }],
      ['/api/login', 'my-domain.thiio.io', { vendor: 'tavio', url: '/tavio/api/login' }],
      ['/v1/a', 'thiio.w9.localhost', { world: 'w9', vendor: 'tavio', url: '/tavio/v1/a' }],
      ['/@w7/v1/a', 'localhost', { world: 'w7', vendor: 'tavio', mount: '/@w7', path: '/v1/a' }],
      ['/_understudy/health', 'localhost', { vendor: null }],
      ['/_understudy/health', 'api.integrationmarketplace.io', { vendor: 'tavio', url: '/tavio/_understudy/health' }],
    ]
    for (const [url, host, expected] of rows) {
      t.match(select({ url, headers: { host } }, vendors, noHosts, 'tavio'), expected, `${url} at ${host}`)
    }
  },
)
