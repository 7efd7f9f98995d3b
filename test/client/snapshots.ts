import { rule, tavio } from '../support/client.js'

/** Worlds kept as they are. */
export const snapshots = [
  rule('a world goes back to what it was when the snapshot was taken', async (t, world, understudy) => {
    const client = tavio(world.url('tavio'))
    const { token } = await client.login()
    const taken = await world.snapshots.take(`${world.name}-before`)
    t.match(taken, { name: `${world.name}-before`, world: world.name, requests: 1 })
    t.strictSame(
      (await understudy.snapshots.list()).filter(({ name }) => name === taken.name),
      [taken],
    )
    await world.reset()
    t.equal(await client.me(token), 401)
    await world.snapshots.restore(taken.name)
    t.equal(await client.me(token), 200)
    await understudy.snapshots.remove(taken.name)
    t.notOk((await understudy.snapshots.list()).some(({ name }) => name === taken.name))
  }),

  rule('a snapshot is a SQLite file that can be brought in again', async (t, world, understudy) => {
    const client = tavio(world.url('tavio'))
    const { token } = await client.login()
    const { name, bytes } = await world.snapshots.take()
    const file = await understudy.snapshots.download(name)
    t.equal(file.byteLength, bytes)
    t.equal(Buffer.from(file).toString('latin1', 0, 15), 'SQLite format 3')
    await understudy.snapshots.remove(name)
    t.match(await understudy.snapshots.upload(`${name}-again`, file), {
      name: `${name}-again`,
      world: world.name,
      bytes,
    })
    await world.reset()
    await world.snapshots.restore(`${name}-again`)
    t.equal(await client.me(token), 200)
  }),

  rule('a snapshot that is to be shared does not hold a password hash', async (t, world, understudy) => {
    const { name } = await world.snapshots.take()
    const read = async (options?: { redact: boolean }) =>
      Buffer.from(await understudy.snapshots.download(name, options)).toString('latin1')
    t.match(await read(), /\$2[aby]\$04\$[./A-Za-z0-9]{53}/)
    t.notMatch(await read({ redact: true }), /\$2[aby]\$04\$[./A-Za-z0-9]{53}/)
  }),
]
