import { createPublicKey } from 'node:crypto'
import { rule, tavio } from '../support/client.js'

const john = { vendor: 'tavio', account: 'john.doe' }

/** Tokens made to order, and the keys that sign them. */
export const tokens = [
  rule('a minted token is accepted until it is revoked', async (t, world) => {
    const client = tavio(world.url('tavio'))
    const minted = await world.tokens.mint({ ...john, lifetime: '5m' })
    t.match(minted, { vendor: 'tavio', kind: 'orgAuth', present: { authorization: `Bearer ${minted.token}` } })
    t.equal(Date.parse(minted.expiresAt ?? '') - Date.parse(minted.issuedAt), 300_000)
    t.equal(await client.me(minted.token), 200)
    t.match(await world.tokens.revoke({ token: minted.token }), { id: minted.id, state: 'revoked' })
    t.equal(await client.me(minted.token), 401)
  }),

  rule('a token with a defect is refused for it', async (t, world) => {
    const { token } = await world.tokens.mint({ vendor: 'faveo', account: 'demoadmin', defect: 'expired' })
    const response = await fetch(`${world.url('faveo')}/api/v1/authenticate/user?token=${token}`)
    t.equal(response.status, 401)
    t.match(await world.requests.list({ vendor: 'faveo' }), [{ refusal: { code: 'token-expired' } }])
  }),

  rule('tokens are listed by whose they are and how they are', async (t, world) => {
    const { id } = await world.tokens.mint(john)
    const { token } = await tavio(world.url('tavio')).login()
    await world.tokens.revoke({ token })
    t.match(await world.tokens.list({ ...john, state: 'live' }), [{ id, vendor: 'tavio', state: 'live' }])
    t.strictSame(
      (await world.tokens.list()).filter(({ vendor }) => vendor === 'tavio').map(({ state }) => state),
      ['live', 'revoked'],
    )
  }),

  rule('a list has all tokens, however many pages the server makes of them', async (t, world) => {
    for (let n = 0; n < 101; n++) await world.tokens.mint(john)
    t.equal((await world.tokens.list({ vendor: 'tavio' })).length, 101)
  }),

  rule('a token tells what becomes of it', async (t, world) => {
    const { token, id } = await world.tokens.mint({ ...john, defect: 'revoked' })
    const inspected = await world.tokens.inspect({ token })
    t.match(inspected, { known: true, token: { id, state: 'revoked' } })
    t.match(
      inspected.operations.find(({ operation }) => operation === 'me'),
      { answer: { status: 401, refusal: 'token-revoked' } },
    )
    t.match(await world.tokens.inspect({ token: 'nonsense' }), { known: false, token: null })
  }),

  rule('keys are shown, and change when they are rotated', async (t, world) => {
    const before = (await world.keys.list()).filter(({ vendor }) => vendor === 'thiio')
    t.match(before, [{ algorithm: 'RS256', current: true, published: true }])
    const after = await world.keys.rotate('thiio', { graceSeconds: 60 })
    t.strictSame(
      after.map(({ kid, current }) => [kid === before[0]?.kid, current]),
      [
        [false, true],
        [true, false],
      ],
    )
    t.strictSame(
      (await world.keys.list()).filter(({ vendor }) => vendor === 'thiio'),
      after,
    )
    const { keys } = await world.keys.jwks()
    for (const { kid, publicKey } of after) {
      const jwk = keys.find((candidate) => candidate.kid === kid) ?? {}
      t.equal(createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }), publicKey)
    }
    t.match(await world.keys.rotate('babelfor'), [{ algorithm: 'HS256', current: true }])
  }),
]
