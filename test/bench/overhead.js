/** What journal, world selection and fault matching take of the throughput of a login. */
import { compare, hasWrk } from './load.js'
import { figure } from './measure.js'

/** @param {boolean} quick */
export async function benchOverhead(quick) {
  const what = 'logins a second with journal, world selection and fault matching, of those without'
  if (!(await hasWrk())) return [{ what, figure: 'not measured: wrk is not installed', target: '≥ 0.85', met: false }]
  const { one, other, ratio, least, most } = await compare('whole', 'bare', quick)
  return [
    {
      what,
      figure: `${figure(ratio)}, from ${figure(least)} to ${figure(most)} (${figure(one, 0)} of ${figure(other, 0)})`,
      target: '≥ 0.85',
      met: ratio >= 0.85,
    },
  ]
}
