/** Logins a second, beside what peers answer that is most like a login. */
import { compare } from './compare.js'
import { launch } from './launch.js'
import { preparePeers } from './peers.js'
import { loggingIn } from './requests.js'
import { understudy } from './servers.js'
import { always } from './wrk.js'

/** @param {import('./run.js').Bench} bench */
export async function* benchRates({ quick, peers, effort, tell }) {
  if (!peers) return
  const { ready } = await preparePeers(tell)
  const ours = await understudy()
  try {
    for (const peer of ready) {
      tell(peer.name)
      const theirs = await launch(peer)
      try {
        const one = { pid: ours.pid, ...(await loggingIn(ours.url, 'tavio')) }
        const other = { pid: theirs.pid, url: theirs.url + peer.path, script: always(peer.asked) }
        const compared = await compare(one, other, quick ? effort : { ...effort, rounds: 5 })
        yield { what: `login (Tavio), of an answer like it by ${peer.name}`, ...compared }
      } finally {
        await theirs.stop()
      }
    }
  } finally {
    await ours.stop()
  }
}
