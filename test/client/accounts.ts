import { rule, tavio } from '../support/client.js'

const jane = {
  username: 'jane',
  email: 'jane@example.com',
  memberships: [{ orgDomain: 'acme', roles: [], environments: [] }],
}

/** The accounts of a world. */
export const accounts = [
  rule('an account is made, found by id and by login name, changed and removed', async (t, world) => {
    const made = await world.accounts.create({ vendor: 'tavio', password: 'first', ...jane })
    t.match(made, { vendor: 'tavio', state: 'active', profile: { email: jane.email } })
    t.strictSame(await world.accounts.get('tavio', made.id), made)
    t.strictSame(await world.accounts.get('tavio', jane.email), made)
    const { login } = tavio(world.url('tavio'))
    t.equal((await login({ username: jane.email, password: 'first' })).status, 200)
    const changed = await world.accounts.change('tavio', jane.email, { password: 'second' })
    t.equal(changed.id, made.id)
    t.equal((await login({ username: jane.email, password: 'first' })).status, 401)
    t.equal((await login({ username: jane.email, password: 'second' })).status, 200)
    await world.accounts.remove('tavio', made.id)
    await t.rejects(world.accounts.get('tavio', made.id), { code: 'unknown-account', status: 404 })
  }),

  rule('a list has all accounts, however many pages the server makes of them', async (t, world) => {
    const before = await world.accounts.list()
    t.ok(new Set(before.map(({ vendor }) => vendor)).size > 1, 'of all vendors')
    const passwordHash = `$2y$04$${'a'.repeat(53)}`
    for (let n = 0; n < 101; n++) {
      await world.accounts.create({
        vendor: 'tavio',
        ...jane,
        username: `crowd${n}`,
        email: `crowd${n}@example.com`,
        passwordHash,
      })
    }
    t.equal((await world.accounts.list()).length, before.length + 101)
    const tavios = await world.accounts.list({ vendor: 'tavio', state: 'active' })
    t.ok(tavios.length > 101)
    t.ok(tavios.every(({ vendor, state }) => vendor === 'tavio' && state === 'active'))
  }),
]

/** What a vendor would have mailed. */
export const outbox = [
  rule('a code that nobody mailed is in the outbox until it is cleared', async (t, world) => {
    await world.settings.change('portsip', { profile: '22.2' })
    t.strictSame(await world.outbox.list(), [])
    const response = await fetch(`${world.url('portsip')}/api/auth/forget_password`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'grace.m', domain: 'example.com', callback_url: 'http://localhost' }),
    })
    t.equal(response.status, 200)
    const messages = await world.outbox.list({ vendor: 'portsip', account: 'grace.m' })
    t.match(messages, [{ vendor: 'portsip', kind: 'password-reset', code: /^\S+$/ }])
    await world.outbox.clear()
    t.strictSame(await world.outbox.list(), [])
  }),
]
