import t from 'tap'
import { type Emulator, emulate } from '../support/emulate.js'

const auth = '/portsip/api/auth'
const grace = { username: 'grace.m', password: 'Passw0rd!', domain: 'example.com' }
const graceId = 'NzAwNTUxOTA5NzczMTQ4MTY0'
const alice = { username: 'alice.w', domain: 'example.com', callback_url: 'x' }
const aliceId = 'NzAwNTUxOTA5NzczMTQ4MTYy'

/** A code for grace, and a second later a reset token for alice. */
async function mail({ ask, post, clock }: Emulator, world = ''): Promise<void> {
  await ask('PATCH', `${world}/_understudy/settings/portsip`, { body: { profile: '22.2' } })
  const { token } = (await post(`${world}${auth}/sign_in`, { body: grace })).json
  await post(`${world}${auth}/send_otp`, { body: { token } })
  clock.advance(1000)
  await post(`${world}${auth}/forget_password`, { body: alice })
}

t.test('the outbox is empty until something would have been mailed', async (t) => {
  const { get } = await emulate(t)
  for (const query of ['', '?vendor=portsip', '?vendor=thiio']) {
    const { status, text } = await get(`/_understudy/outbox${query}`)
    t.equal(status, 200)
    t.equal(text, '{"items":[]}')
  }
})

t.test('messages are shown oldest first, with what the mail would say', async (t) => {
  const emulator = await emulate(t)
  await mail(emulator)
  const { status, text, json } = await emulator.get('/_understudy/outbox')
  t.equal(status, 200)
  const [otp, reset] = json.items
  t.match(otp.id, /^[0-9a-f]{24}$/)
  t.not(otp.id, reset.id)
  t.match(otp.code, /^\d{6}$/)
  t.match(reset.code, /^[A-Z0-9]{48}$/)
  const first = `{"id":"${otp.id}","at":"2026-01-01T00:00:00.000Z","vendor":"portsip","account":"${graceId}","kind":"otp","code":"${otp.code}","expiresAt":"2026-01-01T00:05:00.000Z"}`
  const second = `{"id":"${reset.id}","at":"2026-01-01T00:00:01.000Z","vendor":"portsip","account":"${aliceId}","kind":"password-reset","code":"${reset.code}","expiresAt":"2026-01-01T01:00:01.000Z"}`
  t.equal(text, `{"items":[${first},${second}]}`)
})

t.test('messages are asked for by vendor, and by the id or a login name of an account', async (t) => {
  const emulator = await emulate(t)
  await mail(emulator)
  const rows: [string, string[]][] = [
    ['vendor=portsip', ['otp', 'password-reset']],
    ['vendor=tavio', []],
    [`vendor=portsip&account=${graceId}`, ['otp']],
    ['vendor=portsip&account=grace.m', ['otp']],
    ['vendor=portsip&account=alice.w', ['password-reset']],
    ['vendor=portsip&account=ADMIN', []],
  ]
  for (const [query, kinds] of rows) {
    const { json } = await emulator.get(`/_understudy/outbox?${query}`)
    t.strictSame(
      json.items.map(({ kind }: { kind: string }) => kind),
      kinds,
      query,
    )
  }
})

t.test('what names nothing known is refused with its pointer', async (t) => {
  const { get } = await emulate(t)
  const rows: [string, number, string, string][] = [
    ['vendor=nobody', 404, 'unknown-vendor', '/vendor'],
    ['vendor=portsip&account=nobody', 404, 'unknown-account', '/account'],
    ['vendor=tavio&account=grace.m', 404, 'unknown-account', '/account'],
    ['account=grace.m', 422, 'invalid-input', '/vendor'],
    ['kind=otp', 422, 'invalid-input', '/kind'],
  ]
  for (const [query, status, code, pointer] of rows) {
    const answer = await get(`/_understudy/outbox?${query}`)
    t.equal(answer.status, status, query)
    t.match(answer.json.error, { code, details: { pointer } }, query)
  }
})

t.test('an outbox belongs to a world: it is cleared, reset and copied with it', async (t) => {
  const emulator = await emulate(t)
  const { ask, get, post } = emulator
  const kinds = async (world: string) =>
    (await get(`${world}/_understudy/outbox`)).json.items.map(({ kind }: { kind: string }) => kind)
  await mail(emulator)
  await mail(emulator, '/@w7')
  t.equal((await post('/_understudy/worlds', { body: { name: 'copy', from: { world: 'w7' } } })).status, 201)
  const cleared = await ask('DELETE', '/_understudy/outbox')
  t.equal(cleared.status, 204)
  t.equal(cleared.text, '')
  t.strictSame(await kinds(''), [])
  t.strictSame(await kinds('/@w7'), ['otp', 'password-reset'])
  t.equal((await post('/@w7/_understudy/reset')).status, 204)
  t.strictSame(await kinds('/@w7'), [])
  t.strictSame(await kinds('/@copy'), ['otp', 'password-reset'])
  t.equal((await ask('DELETE', '/_understudy/outbox')).status, 204, 'an empty one can be cleared')
})
