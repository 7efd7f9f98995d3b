import t from 'tap'
import { again, patience, share } from './campaign.js'
import { models } from './models/index.js'
import { subject, targets } from './subject.js'
import { huntByModel } from './walk.js'

t.setTimeout(patience)

for (const target of targets) {
  const runs = share('model', targets.length)
  t.test(`${target.name}: ${runs} requests in random order are answered as a model of the vendor says`, async (t) => {
    const fuzzed = await subject(target)
    t.teardown(() => fuzzed.app.close())
    const model = models[target.name]
    if (!model) return t.fail('nobody has written a model')
    const met = new Set<string | undefined>()
    const found = await huntByModel(fuzzed, model, { runs }, ({ refusal }) => met.add(refusal))
    t.equal(found, null, again('model'))
    // A short walk does not come everywhere.
    if (runs >= 2000)
      t.strictSame([...met].sort(), [...model.foretells, undefined].sort(), 'all that it foretells was met')
  })
}
