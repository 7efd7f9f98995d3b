import t from 'tap'
import { credentialCases } from '../../src/vendors/vendor.js'
import { emulate } from '../support/emulate.js'

const at = '/_understudy/refusals'

t.test('an operation of another profile is none under this one', async (t) => {
  const { get, set } = await emulate(t)
  const ask = () => get('/_understudy/refusals?vendor=portsip&operation=signIn')
  t.equal((await ask()).status, 422)
  await set('portsip', { profile: '22.2' })
  t.ok((await ask()).json.items.length > 0)
})

t.test('the matrix says of each wrong credential at each operation what becomes of it, to the byte', async (t) => {
  const { get } = await emulate(t)
  const { cases, items } = (await get(`${at}?vendor=tavio`)).json
  t.strictSame(cases, credentialCases, 'each case in words')
  t.strictSame([...new Set(items.map(({ vendor }: { vendor: string }) => vendor))], ['tavio'])
  const me = items.filter(
    ({ operation, credential }: Record<string, string>) => operation === 'me' && credential === 'orgAuth',
  )
  t.equal(me.length, Object.keys(credentialCases).length)
  const [expired] = me.filter((item: { case: string }) => item.case === 'expired')
  t.strictSame(expired, {
    vendor: 'tavio',
    operation: 'me',
    method: 'GET',
    path: '/v1/{orgDomain}/me',
    credential: 'orgAuth',
    case: 'expired',
    outcome: 'refused',
    refusal: 'token-expired',
    status: 401,
    headers: { 'content-type': 'application/json' },
    body: '{"status":401,"error":"Unauthorized","message":"Invalid or expired credentials","path":"/v1/{orgDomain}/me","timestamp":"2026-01-01T00:00:00Z"}',
    evidence: 'assumed',
    why: 'A token is refused from the instant of its expiry on.',
  })
})

t.test('it can be asked for one vendor, one operation and one case', async (t) => {
  const { get } = await emulate(t)
  const { items } = (await get(`${at}?vendor=tavio&operation=connect&case=wrong-kind`)).json
  t.match(items, [{ operation: 'connect', case: 'wrong-kind', refusal: 'token-wrong-kind' }])
  t.equal(items.length, 1)
  t.match(await get(`${at}?vendor=nobody`), { status: 404, json: { error: { code: 'unknown-vendor' } } })
  const nowhere = await get(`${at}?vendor=tavio&operation=nope`)
  t.equal(nowhere.status, 422)
  t.strictSame(nowhere.json.error, {
    code: 'unknown-operation',
    message: 'there is no operation "nope"',
    details: { pointer: '/operation', operations: ['login', 'renew', 'connect', 'me', 'listUsers'] },
  })
  t.equal((await get(`${at}?operation=authenticate`)).status, 200, 'of any vendor, where none is named')
  t.equal((await get(`${at}?vendor=tavio&operation=authenticate`)).status, 422, 'one of another vendor')
  t.match(await get(`${at}?case=bad`), { status: 422, json: { error: { details: { pointer: '/case' } } } })
})

t.test('it is that of the profile and the settings that the vendor has in the world', async (t) => {
  const { get, set } = await emulate(t)
  const operations = async () => {
    const { items } = (await get(`${at}?vendor=portsip`)).json
    return new Set(items.map(({ operation }: { operation: string }) => operation))
  }
  t.notOk((await operations()).has('signIn'))
  await set('portsip', { profile: '22.2' })
  t.ok((await operations()).has('signIn'))
})
