import t from 'tap'
import { emulate } from '../support/emulate.js'

t.test('a page of another origin cannot write', async (t) => {
  const { get, ask } = await emulate(t)
  const patch = (headers: Record<string, string>) =>
    ask('PATCH', '/_understudy/settings/tavio', {
      body: { renewRevokes: true },
      headers: { host: 'localhost:4555', ...headers },
    })
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'http://localhost:3000' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
  ]
  for (const headers of foreign) {
    t.match(await patch(headers), { status: 403, json: { error: { code: 'foreign-origin' } } }, JSON.stringify(headers))
  }
  t.equal((await get('/_understudy/settings/tavio')).json.renewRevokes, false, 'nothing was written')
  t.equal((await ask('POST', '/_understudy/reset', { headers: { origin: 'https://evil.example' } })).status, 403)
  t.equal((await patch({ origin: 'http://localhost:4555', 'sec-fetch-site': 'same-origin' })).status, 200)
})

t.test('the control plane answers only to names that no stranger’s DNS can point here', async (t) => {
  const { get } = await emulate(t)
  for (const host of [
    '127.0.0.1:4555',
    '[::1]:4555',
    'localhost',
    'understudy:4555',
    'tavio.localhost',
    '192.168.1.7',
  ]) {
    t.equal((await get('/_understudy/health', { headers: { host } })).status, 200, host)
  }
  for (const host of ['evil.example', 'localhost.evil.example:4555', '127.0.0.1.evil.example', '127.0.0.1.nip.io']) {
    t.match(
      await get('/_understudy/health', { headers: { host } }),
      { status: 403, json: { error: { code: 'foreign-host' } } },
      host,
    )
  }
})

t.test('with a control token every control request but health presents it', async (t) => {
  const { get } = await emulate(t, { controlToken: 'a-secret' })
  t.equal((await get('/_understudy/health')).status, 200)
  t.equal((await get('/_understudy/vendors', { headers: { authorization: 'Bearer a-secret' } })).status, 200)
  for (const authorization of ['', 'a-secret', 'Bearer a-secre', 'Bearer a-secretx', 'Basic a-secret']) {
    t.match(
      await get('/_understudy/vendors', { headers: { authorization } }),
      { status: 401, json: { error: { code: 'control-token' } } },
      authorization,
    )
  }
  t.equal((await get('/tavio/v1/acme/me')).status, 401, 'vendors are asked as ever')
})

t.test('a write without a body needs no type, one with a JSON type may be empty', async (t) => {
  const { post } = await emulate(t)
  t.equal((await post('/_understudy/reset')).status, 204)
  t.equal((await post('/_understudy/reset', { headers: { 'content-type': 'application/json' } })).status, 204)
  t.equal(
    (await post('/_understudy/clock/freeze', { body: 'x', headers: { 'content-type': 'text/plain' } })).status,
    415,
  )
})
