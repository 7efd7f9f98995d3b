import t from 'tap'
import { again, patience, share } from './campaign.js'
import { subject, targets } from './subject.js'
import { huntOnTheWire } from './wire-request.js'

t.setTimeout(patience)

for (const target of targets) {
  const runs = share('socket', targets.length)
  t.test(`${target.name}: ${runs} requests of odd bytes over a socket get well-formed answers`, async (t) => {
    const fuzzed = await subject(target)
    t.teardown(() => fuzzed.app.close())
    t.equal(await huntOnTheWire(fuzzed, { runs }), null, again('socket'))
  })
}
