import t from 'tap'
import { huntByChance } from './arbitrary-request.js'
import { again, patience, share } from './campaign.js'
import { subject, targets } from './subject.js'

t.setTimeout(patience)

for (const target of targets) {
  const runs = share('arbitrary', targets.length)
  t.test(`${target.name}: ${runs} arbitrary requests get answers that its document declares`, async (t) => {
    // A locked-out address would hide everything behind it.
    const settings = target.vendor.name === 'portsip' ? { lockout: false } : {}
    const fuzzed = await subject(target, { settings })
    t.teardown(() => fuzzed.app.close())
    t.equal(await huntByChance(fuzzed, { runs }), null, again('arbitrary'))

    await fuzzed.reset()
    const { path: url, contentType, body } = target.vendor.login
    const login = {
      method: 'POST',
      url: `/${target.vendor.name}${url}`,
      headers: { 'content-type': contentType },
      body,
    }
    t.equal(await fuzzed.refusalOf(await fuzzed.send(login)), null, 'and its account logs in as before')
  })
}
