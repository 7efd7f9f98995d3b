/** What journal, world selection and fault matching take of the throughput of a login. */
import { compare } from './compare.js'
import { loggingIn } from './requests.js'
import { served } from './servers.js'

/** @param {import('./run.js').Bench} bench */
export async function* benchOverhead({ effort }) {
  const [whole, bare] = [await served('whole'), await served('bare')]
  try {
    const loaded = async ({ pid, url }) => ({ pid, ...(await loggingIn(url, 'tavio')) })
    const compared = await compare(await loaded(whole), await loaded(bare), effort)
    yield {
      what: 'login with journal, world selection and fault matching, of one without',
      ...compared,
      target: '≥ 0.85',
      met: compared.bySecond.ratio >= 0.85,
    }
  } finally {
    await Promise.all([whole.stop(), bare.stop()])
  }
}
