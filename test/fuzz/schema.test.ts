import t from 'tap'
import { again, patience, share } from './campaign.js'
import { huntBySchema } from './schema-request.js'
import { subject, targets } from './subject.js'

t.setTimeout(patience)

for (const target of targets) {
  const runs = share('schema', targets.length)
  t.test(
    `${target.name}: ${runs} requests after its document; the valid ones succeed, all answers are declared`,
    async (t) => {
      const fuzzed = await subject(target)
      t.teardown(() => fuzzed.app.close())
      t.equal(await huntBySchema(fuzzed, { runs }), null, again('schema'))
    },
  )
}
